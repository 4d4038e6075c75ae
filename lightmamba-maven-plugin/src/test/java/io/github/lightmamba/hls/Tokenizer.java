package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Cuts a C++ file into tokens as Vitis HLS sees it: with {@code __SYNTHESIS__}, without what that leaves out. */
final class Tokenizer {
  /**
   * What a file consists of.
   *
   * @param code all tokens of active lines in order
   * @param comments text of line comments by line
   */
  record Tokens(List<Token> code, Map<Integer, String> comments) {}

  private static final List<String> SYMBOLS =
      List.of("<<=", ">>=", "...", "->*", "::", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=",
          "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##");

  private final String text;
  private final Conditions conditions = new Conditions();
  private final List<Token> code = new ArrayList<>();
  private final Map<Integer, String> comments = new TreeMap<>();
  private int at;
  private int line = 1;
  private boolean lineStart = true;

  private Tokenizer(String text) {
    this.text = text;
  }

  static Tokens of(String text) {
    Tokenizer tokenizer = new Tokenizer(text);
    while (tokenizer.at < text.length()) {
      tokenizer.next();
    }
    return new Tokens(List.copyOf(tokenizer.code), tokenizer.comments);
  }

  private void next() {
    char c = text.charAt(at);
    if (c == '\n') {
      line++;
      at++;
      lineStart = true;
    } else if (Character.isWhitespace(c) || text.startsWith("\\\n", at)) {
      at++;
    } else if (text.startsWith("//", at)) {
      int end = endOfLine();
      comments.put(line, text.substring(at, end).replaceFirst("^/+<?", "").strip());
      at = end;
    } else if (text.startsWith("/*", at)) {
      int close = text.indexOf("*/", at + 2);
      skipTo(close < 0 ? text.length() : close + 2);
    } else if (c == '#' && lineStart) {
      directive();
    } else {
      lineStart = false;
      token(c);
    }
  }

  private void token(char c) {
    int start = at;
    int startLine = line;
    Kind kind;
    if (Character.isLetter(c) || c == '_') {
      kind = Kind.WORD;
      while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
        at++;
      }
    } else if (Character.isDigit(c) || c == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1))) {
      kind = Kind.NUMBER;
      number();
    } else if (c == '"' || c == '\'') {
      kind = Kind.TEXT;
      at++;
      while (at < text.length() && text.charAt(at) != c && text.charAt(at) != '\n') {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      at = Math.min(at + 1, text.length());
    } else {
      kind = Kind.SYMBOL;
      at += SYMBOLS.stream().filter(s -> text.startsWith(s, at)).findFirst().map(String::length).orElse(1);
    }
    if (conditions.active()) {
      code.add(new Token(kind, text.substring(start, at), startLine));
    }
  }

  private void number() {
    boolean hex = text.startsWith("0x", at) || text.startsWith("0X", at);
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean sign = (c == '+' || c == '-') && !hex && Character.toLowerCase(text.charAt(at - 1)) == 'e';
      if (!Character.isLetterOrDigit(c) && c != '.' && c != '\'' && c != '_' && !sign) {
        return;
      }
      at++;
    }
  }

  /** A line that starts with #, with its continuations. */
  private void directive() {
    int startLine = line;
    StringBuilder whole = new StringBuilder();
    boolean more = true;
    while (more) {
      int end = endOfLine();
      String part = text.substring(at, end);
      more = part.endsWith("\\") && end < text.length();
      whole.append(more ? part.substring(0, part.length() - 1) : part);
      at = end;
      if (more) {
        at++;
        line++;
      }
    }
    String content = whole.substring(1).replaceAll("//.*", "").replaceAll("/\\*.*?\\*/", " ").strip();
    String name = content.replaceFirst("(?s)\\W.*", "");
    String rest = content.substring(name.length()).strip();
    if (conditions.directive(name, rest) || !conditions.active()) {
      return;
    }
    if (name.equals("pragma")) {
      code.add(new Token(Kind.PRAGMA, rest, startLine));
    } else if (name.equals("include")) {
      code.add(new Token(Kind.INCLUDE, rest, startLine));
    }
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private void skipTo(int end) {
    for (; at < end; at++) {
      if (text.charAt(at) == '\n') {
        line++;
        lineStart = true;
      }
    }
  }
}
