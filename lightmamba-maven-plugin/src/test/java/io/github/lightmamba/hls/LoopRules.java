package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Statement.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Labels and bounds of loops. */
final class LoopRules {
  private final Program program;
  private final Findings findings;

  LoopRules(Program program, Findings findings) {
    this.program = program;
    this.findings = findings;
  }

  void check() {
    program.functions().forEach(function -> {
      Map<String, Integer> labels = new HashMap<>();
      Set<String> constants = localConstants(function);
      function.body().all().filter(Loop.class::isInstance).map(Loop.class::cast).forEach(loop -> {
        label(function, loop, labels);
        bound(function, loop, constants);
      });
    });
  }

  private void label(Function function, Loop loop, Map<String, Integer> labels) {
    if (loop.label() == null) {
      findings.add(function.file(), loop.line(), Rule.LOOP_LABEL, "a loop of " + function.name() + " has no label");
      return;
    }
    Integer other = labels.putIfAbsent(loop.label(), loop.line());
    if (other != null) {
      findings.add(function.file(), loop.line(), Rule.LOOP_LABEL_UNIQUE,
          loop.label() + " is also the loop in line " + other + " of " + function.name());
    }
  }

  private void bound(Function function, Loop loop, Set<String> constants) {
    Pragmas pragmas = Pragmas.of(loop);
    String name = loop.label() == null ? "a loop" : loop.label();
    boolean constant = counted(function, loop, constants);
    boolean known = constant || bounded(function, loop, constants);
    if (pragmas.unrolled() && !constant) {
      findings.add(function.file(), loop.line(), Rule.LOOP_BOUND, name + " is unrolled without a constant bound");
    } else if (endless(loop)) {
      findings.add(function.file(), loop.line(), Rule.LOOP_BOUND, name + " has no end");
    } else if (!known && pragmas.get("loop_tripcount").isEmpty()) {
      findings.add(function.file(), loop.line(), Rule.LOOP_BOUND,
          name + " has neither a constant bound nor a LOOP_TRIPCOUNT");
    } else if (!known && !counting(function, loop)) {
      findings.add(function.file(), loop.line(), Rule.LOOP_BOUND,
          name + " does not count up to a value that is fixed when it begins");
    }
  }

  private static boolean endless(Loop loop) {
    List<List<Token>> parts = clauses(loop);
    List<Token> condition = loop.keyword().equals("for") ? parts.get(1) : loop.tokens();
    return condition.isEmpty() || condition.size() == 1 && condition.get(0).text().matches("true|1");
  }

  /** Whether a for loop runs from a constant to a constant in constant steps. */
  private boolean counted(Function function, Loop loop, Set<String> constants) {
    List<Declarations.Variable> counters = Declarations.in(loop).toList();
    if (counters.size() != 1) {
      return false;
    }
    String counter = counters.get(0).name();
    List<List<Token>> parts = clauses(loop);
    return program.constant(counters.get(0).initialiser(), function, constants::contains)
        && parts.stream().skip(1)
            .allMatch(part -> program.constant(part, function, w -> w.equals(counter) || constants.contains(w)));
  }

  /** Whether a for loop stops at a constant at the latest: {@code i < kMost && open}. */
  private boolean bounded(Function function, Loop loop, Set<String> constants) {
    List<Declarations.Variable> counters = Declarations.in(loop).toList();
    List<Token> condition = clauses(loop).get(1);
    int and = 0;
    while (and < condition.size() && !condition.get(and).is("&&")) {
      and++;
    }
    if (counters.size() != 1 || and == condition.size() || condition.stream().anyMatch(t -> t.is("||"))) {
      return false;
    }
    String counter = counters.get(0).name();
    Predicate<String> known = w -> w.equals(counter) || constants.contains(w);
    List<Token> first = condition.subList(0, and);
    return program.constant(counters.get(0).initialiser(), function, constants::contains)
        && first.stream().anyMatch(t -> t.is(counter)) && program.constant(first, function, known);
  }

  /** Whether a for loop counts up in constant steps to a value that its body leaves alone: {@code open && i < rows}. */
  private boolean counting(Function function, Loop loop) {
    List<Declarations.Variable> counters = Declarations.in(loop).toList();
    List<List<Token>> parts = clauses(loop);
    if (counters.size() != 1 || parts.get(1).stream().anyMatch(t -> t.is("||"))) {
      return false;
    }
    String counter = counters.get(0).name();
    Set<String> changed = changed(loop);
    return !changed.contains(counter) && step(function, parts.get(2), counter)
        && conjuncts(parts.get(1)).stream().anyMatch(part -> part.size() > 2 && part.get(0).is(counter)
            && part.get(1).text().matches("<=?") && part.stream().noneMatch(t -> changed.contains(t.text())));
  }

  private boolean step(Function function, List<Token> step, String counter) {
    boolean next = step.size() == 2 && Token.join(step).replace(" ", "").matches("(\\+\\+)?" + counter + "(\\+\\+)?");
    return next || step.size() > 2 && step.get(0).is(counter) && step.get(1).is("+=")
        && program.constant(step.subList(2, step.size()), function, w -> false);
  }

  private static List<List<Token>> conjuncts(List<Token> condition) {
    List<List<Token>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    for (Token token : condition) {
      if (token.is("&&")) {
        parts.add(new ArrayList<>());
      } else {
        parts.get(parts.size() - 1).add(token);
      }
    }
    return parts;
  }

  /** Names of what a loop's body assigns to, to members of it too, or counts up or down. */
  private static Set<String> changed(Loop loop) {
    Set<String> names = new HashSet<>();
    loop.body().all().map(Statement::tokens).forEach(tokens -> {
      for (int i = 0; i < tokens.size(); i++) {
        boolean before = i + 1 < tokens.size() && tokens.get(i + 1).text().matches("([-+*/%&|^]|<<|>>)?=|\\+\\+|--");
        boolean behind = i > 0 && tokens.get(i - 1).text().matches("\\+\\+|--");
        if (tokens.get(i).word() && (before || behind)) {
          int base = i;
          while (base > 1 && tokens.get(base - 1).text().matches("\\.|->")) {
            base -= 2;
          }
          names.add(tokens.get(base).text());
        }
      }
    });
    return names;
  }

  private static List<List<Token>> clauses(Loop loop) {
    List<Token> tokens = loop.tokens();
    int first = 0;
    while (first < tokens.size() && !tokens.get(first).is(";")) {
      first++;
    }
    int second = first + 1;
    while (second < tokens.size() && !tokens.get(second).is(";")) {
      second++;
    }
    return second >= tokens.size() ? List.of(tokens, List.of(), List.of())
        : List.of(tokens.subList(0, first), tokens.subList(first + 1, second),
            tokens.subList(second + 1, tokens.size()));
  }

  /** Names of const locals whose value is constant. */
  private Set<String> localConstants(Function function) {
    Set<String> names = new HashSet<>();
    function.body().all().filter(s -> s.tokens().stream().findFirst().filter(t -> t.is("const")).isPresent())
        .flatMap(Declarations::in)
        .filter(v -> !v.initialiser().isEmpty() && program.constant(v.initialiser(), function, names::contains))
        .forEach(v -> names.add(v.name()));
    return names;
  }
}
