package io.github.lightmamba.hls;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A token of C++.
 *
 * @param kind what it is
 * @param text as written; of a pragma what follows the word, of an include the file with its quotes or brackets
 * @param line counted from 1
 */
record Token(Kind kind, String text, int line) {
  /** Kinds of tokens; a pragma and an include are one token each. */
  enum Kind {
    WORD,
    NUMBER,
    TEXT,
    SYMBOL,
    PRAGMA,
    INCLUDE
  }

  boolean is(String other) {
    return kind != Kind.TEXT && kind != Kind.PRAGMA && text.equals(other);
  }

  boolean word() {
    return kind == Kind.WORD;
  }

  /** Returns tokens as one text, with single spaces. */
  static String join(List<Token> tokens) {
    return tokens.stream().map(Token::text).collect(Collectors.joining(" "));
  }
}
