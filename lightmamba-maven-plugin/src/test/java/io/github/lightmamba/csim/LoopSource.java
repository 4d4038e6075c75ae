package io.github.lightmamba.csim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code for} loops of one kernel source, with their labels, their pragmas and their nesting. */
final class LoopSource {

  /** One loop; positions are offsets into the text. */
  static final class Loop {
    final String label;
    final Optional<Loop> parent;
    final String function;
    final int begin;
    final int keyword;
    final int body;
    final int end;
    final List<Loop> children = new ArrayList<>();
    final List<String> pragmas = new ArrayList<>();

    private Loop(String label, Optional<Loop> parent, String function, int begin, int keyword, int body, int end) {
      this.label = label;
      this.parent = parent;
      this.function = function;
      this.begin = begin;
      this.keyword = keyword;
      this.body = body;
      this.end = end;
    }

    /** The words after {@code #pragma HLS NAME}, in lower case, if the loop has such a pragma. */
    Optional<String> pragma(String name) {
      return pragmas.stream()
          .filter(pragma -> pragma.startsWith(name))
          .map(pragma -> pragma.substring(name.length()).strip())
          .findFirst();
    }
  }

  /** A function's body. */
  record Function(String name, boolean constant, int begin, int end) {}

  private static final Pattern NOISE =
      Pattern.compile("//[^\n]*|/\\*.*?\\*/|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])'|"
          + "(?m:^[ \\t]*#(?:[^\n\\\\]|\\\\\n|\\\\)*)", Pattern.DOTALL);
  private static final Pattern PRAGMA = Pattern.compile("(?m)^[ \\t]*#[ \\t]*pragma[ \\t]+HLS[ \\t]+([^\n]*)$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*:\\s*$");
  private static final Pattern CALLEE = Pattern.compile("(\\w+)\\s*$");
  private static final Pattern FOR = Pattern.compile("\\bfor\\s*\\(");
  private static final Set<String> KEYWORDS = Set.of("for", "if", "while", "switch", "catch");

  private final String name;
  final String text;
  /** The text with spaces in place of comments, literals and directives. */
  final String code;
  final List<Loop> loops = new ArrayList<>();
  final List<Function> functions = new ArrayList<>();

  LoopSource(String name, String text) {
    this.name = name;
    this.text = text;
    this.code = NOISE.matcher(text).replaceAll(match -> match.group().replaceAll("[^\n]", " "));
    if (Pattern.compile("\\b(while|do)\\b").matcher(code).find()) {
      throw new AssertionError(name + ": only for loops can be given a pipeline in simulation");
    }
    findFunctions();
    findLoops();
    findPragmas();
  }

  private void findFunctions() {
    Deque<Function> open = new ArrayDeque<>();
    for (int i = 0; i < code.length(); i++) {
      if (code.charAt(i) == '{') {
        open.push(opened(i));
      } else if (code.charAt(i) == '}') {
        Function function = open.pop();
        if (!function.name().isEmpty()) {
          functions.add(new Function(function.name(), function.constant(), function.begin(), i));
        }
      }
    }
  }

  /** A block is a function's body if a parenthesis precedes it that no keyword precedes. */
  private Function opened(int brace) {
    String before = code.substring(0, brace).stripTrailing();
    if (before.endsWith("const")) {
      before = before.substring(0, before.length() - "const".length()).stripTrailing();
    }
    if (!before.endsWith(")")) {
      return new Function("", false, brace, brace);
    }
    int parenthesis = opening(before.length() - 1);
    Matcher callee = CALLEE.matcher(code.substring(0, parenthesis));
    if (!callee.find() || KEYWORDS.contains(callee.group(1))) {
      return new Function("", false, brace, brace);
    }
    int declaration = Math.max(code.lastIndexOf(';', parenthesis), code.lastIndexOf('}', parenthesis));
    boolean constant = code.substring(Math.max(declaration, 0), parenthesis).contains("constexpr");
    return new Function(callee.group(1), constant, brace, brace);
  }

  private int opening(int closing) {
    int depth = 0;
    for (int i = closing; i >= 0; i--) {
      depth += code.charAt(i) == ')' ? 1 : code.charAt(i) == '(' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new AssertionError(name + ": a parenthesis is not opened before " + line(closing));
  }

  private int closing(int opening, char open, char close) {
    int depth = 0;
    for (int i = opening; i < code.length(); i++) {
      depth += code.charAt(i) == open ? 1 : code.charAt(i) == close ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new AssertionError(name + ": '" + open + "' is not closed after " + line(opening));
  }

  private void findLoops() {
    Matcher matcher = FOR.matcher(code);
    Deque<Loop> open = new ArrayDeque<>();
    while (matcher.find()) {
      int keyword = matcher.start();
      while (!open.isEmpty() && open.peek().end < keyword) {
        open.pop();
      }
      int head = closing(matcher.end() - 1, '(', ')') + 1;
      int body = head + code.substring(head).indexOf(code.substring(head).stripLeading());
      boolean braces = code.charAt(body) == '{';
      int end = braces ? closing(body, '{', '}') : code.indexOf(';', body);
      Matcher label = LABEL.matcher(code.substring(0, keyword));
      boolean labelled = label.find();
      Loop loop =
          new Loop(
              labelled ? label.group(1) : name + line(keyword),
              Optional.ofNullable(open.peek()),
              functionAt(keyword).map(Function::name).orElse(""),
              labelled ? label.start() : keyword,
              keyword,
              braces ? body : -1,
              end);
      loop.parent.ifPresent(parent -> parent.children.add(loop));
      loops.add(loop);
      open.push(loop);
    }
  }

  /** The outermost function around a position. */
  Optional<Function> functionAt(int position) {
    return functions.stream()
        .filter(f -> f.begin() < position && position < f.end())
        .reduce((a, b) -> a.begin() < b.begin() ? a : b);
  }

  /** A pragma belongs to the innermost loop around it; one of a pipeline outside of every loop is not simulated. */
  private void findPragmas() {
    Matcher matcher = PRAGMA.matcher(text);
    while (matcher.find()) {
      int at = matcher.start();
      String pragma = matcher.group(1).strip().toLowerCase(Locale.ROOT);
      Optional<Loop> owner =
          loops.stream()
              .filter(loop -> loop.body >= 0 && loop.body < at && at < loop.end)
              .reduce((a, b) -> a.body > b.body ? a : b);
      owner.ifPresent(loop -> loop.pragmas.add(pragma));
      if (owner.isEmpty() && pragma.startsWith("pipeline")) {
        throw new AssertionError(name + line(at) + ": only loops can be given a pipeline in simulation");
      }
    }
  }

  private String line(int position) {
    return ":" + (text.substring(0, position).chars().filter(c -> c == '\n').count() + 1);
  }
}
