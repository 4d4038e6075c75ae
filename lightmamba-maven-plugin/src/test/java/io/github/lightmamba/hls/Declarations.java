package io.github.lightmamba.hls;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Variables that a statement declares. */
final class Declarations {
  /**
   * A variable.
   *
   * @param array whether it is a memory
   * @param initialiser tokens behind =, or none
   */
  record Variable(String name, boolean stream, boolean array, List<Token> initialiser) {}

  private static final Set<String> NO_TYPE =
      Set.of("return", "typedef", "using", "static_assert", "goto", "break", "continue", "delete", "new", "throw",
          "struct", "class", "union", "enum");

  private Declarations() {}

  /** Returns what a simple statement declares, and the counter of a for loop. */
  static Stream<Variable> in(Statement statement) {
    List<Token> tokens = statement.tokens();
    if (statement instanceof Statement.Loop loop) {
      int end = 0;
      while (end < tokens.size() && !tokens.get(end).is(";")) {
        end++;
      }
      return loop.keyword().equals("for") ? of(tokens.subList(0, end)) : Stream.empty();
    }
    return statement instanceof Statement.Simple ? of(tokens) : Stream.empty();
  }

  private static Stream<Variable> of(List<Token> tokens) {
    if (tokens.isEmpty()) {
      return Stream.empty();
    }
    String first = tokens.get(0).text();
    if (first.startsWith("LIGHTMAMBA_") && tokens.size() > 1 && tokens.get(1).is("(")) {
      List<List<Token>> arguments = Brackets.split(tokens.subList(2, Brackets.close(tokens, 1)));
      boolean stream = first.startsWith("LIGHTMAMBA_STREAM");
      boolean memory = first.endsWith("MEMORY");
      return (stream || memory) && arguments.size() > 1
          ? Stream.of(new Variable(arguments.get(1).get(0).text(), stream, memory, List.of()))
          : Stream.empty();
    }
    return NO_TYPE.contains(first) ? Stream.empty() : plain(tokens);
  }

  /** {@code type name}, with an initialiser or dimensions; further names behind commas. */
  private static Stream<Variable> plain(List<Token> tokens) {
    int at = 0;
    int words = 0;
    String name = null;
    while (at < tokens.size()) {
      Token token = tokens.get(at);
      if (token.word()) {
        words++;
        name = token.text();
      } else if (token.is("<") && Brackets.behindAngle(tokens, at) > 0) {
        at = Brackets.behindAngle(tokens, at) - 1;
      } else if (token.is("::")) {
        words--;
      } else if (!token.is("*") && !token.is("&") && !token.is("&&")) {
        break;
      }
      at++;
    }
    if (words < 2 || at < tokens.size() && !tokens.get(at).text().matches("[=\\[({,:]")) {
      return Stream.empty();
    }
    boolean stream = tokens.subList(0, at).stream().anyMatch(t -> t.is("stream"));
    boolean array = at < tokens.size() && tokens.get(at).is("[");
    Stream<Variable> rest = Stream.empty();
    List<List<Token>> parts = Brackets.split(tokens);
    if (parts.size() > 1) {
      rest = parts.stream().skip(1).filter(p -> !p.isEmpty() && p.get(0).word())
          .map(p -> new Variable(p.get(0).text(), stream, p.size() > 1 && p.get(1).is("["), List.of()));
    }
    int assigned = at;
    while (assigned < tokens.size() && !tokens.get(assigned).is("=")) {
      assigned++;
    }
    List<Token> initialiser =
        assigned < tokens.size() ? tokens.subList(assigned + 1, tokens.size()) : List.of();
    return Stream.concat(Stream.of(new Variable(name, stream, array, initialiser)), rest);
  }
}
