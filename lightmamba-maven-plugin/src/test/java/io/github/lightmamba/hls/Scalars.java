package io.github.lightmamba.hls;

import java.util.List;
import java.util.Set;

/** Types of scalars: integers of C++ and of {@code ap_int.h}, and structs of them. */
final class Scalars {
  private static final Set<String> WORDS =
      Set.of("const", "int", "long", "short", "char", "signed", "unsigned", "bool");

  private Scalars() {}

  /** Whether a type, without the name of what has it, is a scalar that is passed by value. */
  static boolean is(List<Token> type, Set<String> records) {
    if (type.stream().anyMatch(t -> t.is("&") || t.is("*") || t.is("["))) {
      return false;
    }
    List<String> words = type.stream().filter(Token::word).map(Token::text)
        .takeWhile(word -> !word.matches("ap_u?int")).toList();
    return words.stream().allMatch(word -> WORDS.contains(word) || records.contains(word));
  }

  /** Whether the members of a struct are scalars and nothing else. */
  static boolean only(List<Token> members, Set<String> records) {
    int start = 0;
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).is(";")) {
        if (i - start < 2 || !is(members.subList(start, i - 1), records) || members.get(i - 1).is(")")) {
          return false;
        }
        start = i + 1;
      }
    }
    return start > 0 && start == members.size();
  }
}
