package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Pairs of brackets in a list of tokens, those of template arguments included. */
final class Brackets {
  private static final Set<String> OPEN = Set.of("(", "[", "{");
  private static final Set<String> CLOSE = Set.of(")", "]", "}");
  private static final Set<String> NEVER_IN_TEMPLATE = Set.of(";", "{", "}", "=", "+=", "-=", "||");

  private Brackets() {}

  static boolean opens(Token token) {
    return OPEN.contains(token.text()) && token.kind() == Token.Kind.SYMBOL;
  }

  static boolean closes(Token token) {
    return CLOSE.contains(token.text()) && token.kind() == Token.Kind.SYMBOL;
  }

  /** Returns the index of the bracket that closes the one at {@code open}. */
  static int close(List<Token> tokens, int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      depth += opens(tokens.get(i)) ? 1 : closes(tokens.get(i)) ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("line " + tokens.get(open).line() + ": a bracket is not closed");
  }

  /** Returns the index behind the angle bracket that closes the one at {@code open}, or -1 if it is a comparison. */
  static int behindAngle(List<Token> tokens, int open) {
    return behindAngle(tokens, open, NEVER_IN_TEMPLATE);
  }

  /** The same for the parameters of a template, which may have defaults. */
  static int behindParameters(List<Token> tokens, int open) {
    return behindAngle(tokens, open, Set.of(";", "{"));
  }

  private static int behindAngle(List<Token> tokens, int open, Set<String> never) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is("(") || token.is("[")) {
        i = close(tokens, i);
      } else if (closes(token) || never.contains(token.text())) {
        return -1;
      } else if (token.is("<")) {
        depth++;
      } else if (token.is(">") || token.is(">>")) {
        depth -= token.text().length();
        if (depth <= 0) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  /** Splits at commas outside of all brackets; nothing yields an empty list. */
  static List<List<Token>> split(List<Token> tokens) {
    List<List<Token>> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (opens(token)) {
        i = close(tokens, i);
      } else if (token.is("<") && i > 0 && tokens.get(i - 1).word()) {
        int behind = behindAngle(tokens, i);
        boolean comparison = behind > 0 && behind < tokens.size() && tokens.get(behind).kind() == Token.Kind.NUMBER;
        i = behind > 0 && !comparison ? behind - 1 : i;
      } else if (token.is(",")) {
        parts.add(tokens.subList(start, i));
        start = i + 1;
      }
    }
    if (start < tokens.size()) {
      parts.add(tokens.subList(start, tokens.size()));
    }
    return parts;
  }
}
