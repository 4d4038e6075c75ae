package io.github.lightmamba.hls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Conditional compilation as in synthesis: {@code __SYNTHESIS__} is defined, {@code LIGHTMAMBA_CSIM} is not. */
final class Conditions {
  private enum Branch {
    TAKEN,
    WAITING,
    DONE
  }

  private final Deque<Branch> open = new ArrayDeque<>();
  private final Set<String> defined = new HashSet<>(Set.of("__SYNTHESIS__", "__cplusplus"));

  boolean active() {
    return open.stream().allMatch(branch -> branch == Branch.TAKEN);
  }

  /** Follows a directive; answers whether it was one of conditional compilation or a definition. */
  boolean directive(String name, String rest) {
    switch (name) {
      case "ifdef" -> open.push(branch(defined.contains(rest)));
      case "ifndef" -> open.push(branch(!defined.contains(rest)));
      case "if" -> open.push(branch(new Evaluation(rest).value()));
      case "elif" -> open.push(otherwise(new Evaluation(rest).value()));
      case "else" -> open.push(otherwise(true));
      case "endif" -> open.pop();
      case "define" -> {
        if (active()) {
          defined.add(rest.replaceFirst("(?s)\\W.*", ""));
        }
      }
      case "undef" -> {
        if (active()) {
          defined.remove(rest);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Branch branch(boolean holds) {
    return holds ? Branch.TAKEN : Branch.WAITING;
  }

  private Branch otherwise(boolean holds) {
    return open.pop() == Branch.WAITING ? branch(holds) : Branch.DONE;
  }

  /** A condition of names, numbers, {@code defined}, {@code !}, {@code &&}, {@code ||} and parentheses. */
  private final class Evaluation {
    private final String[] words;
    private int at;

    Evaluation(String condition) {
      words = condition.replaceAll("(&&|\\|\\||[!()])", " $1 ").strip().split("\\s+");
    }

    boolean value() {
      boolean value = both();
      while (take("||")) {
        value |= both();
      }
      return value;
    }

    private boolean both() {
      boolean value = one();
      while (take("&&")) {
        value &= one();
      }
      return value;
    }

    private boolean one() {
      if (take("!")) {
        return !one();
      }
      if (take("(")) {
        boolean value = value();
        take(")");
        return value;
      }
      if (take("defined")) {
        boolean parenthesis = take("(");
        boolean value = defined.contains(words[at++]);
        if (parenthesis) {
          take(")");
        }
        return value;
      }
      String word = words[at++];
      if (!word.matches("\\w+")) {
        throw new IllegalArgumentException("a condition that the checker cannot evaluate: " + String.join(" ", words));
      }
      return word.matches("\\d+") ? Integer.parseInt(word) != 0 : defined.contains(word);
    }

    private boolean take(String word) {
      if (at < words.length && words[at].equals(word)) {
        at++;
        return true;
      }
      return false;
    }
  }
}
