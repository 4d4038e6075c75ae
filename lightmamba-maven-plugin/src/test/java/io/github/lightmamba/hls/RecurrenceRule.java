package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Declarations.Variable;
import io.github.lightmamba.hls.Function.Parameter;
import io.github.lightmamba.hls.Statement.Loop;
import io.github.lightmamba.hls.Statement.Simple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an iteration of a pipelined loop takes from the one before passes through one operation, not through a chain.
 *
 * <p>A variable that an unrolled loop changes step by step, a largest value or a sum, begins with something of the
 * iteration itself; what the pipelined loop carries joins behind. The body of an inlined function without a loop of its
 * own that is not unrolled counts as an iteration, which carries what it writes through its references.
 */
final class RecurrenceRule {
  private static final Set<String> ASSIGNMENTS = Set.of("=", "+=", "-=", "*=", "|=", "&=", "^=");

  /** An assignment to a variable, or to an element of an array; its initialiser too. */
  private record Assignment(String name, List<Token> index, String operator, List<Token> value) {
    boolean changes() {
      return !operator.equals("=") || mentions(value, Set.of(name));
    }
  }

  private final Program program;
  private final Findings findings;

  RecurrenceRule(Program program, Findings findings) {
    this.program = program;
    this.findings = findings;
  }

  void check() {
    program.functions().forEach(function -> {
      function.body().all().filter(s -> s instanceof Loop loop && Pragmas.of(loop).pipelined())
          .forEach(s -> iteration(function, ((Loop) s).body(), carriedBy(((Loop) s).body())));
      if (inlined(function)) {
        Set<String> carried = carriedBy(function.body());
        carried.retainAll(references(function));
        iteration(function, function.body(), carried);
      }
    });
  }

  private static boolean inlined(Function function) {
    return Pragmas.of(function.body()).get("inline").filter(p -> !p.has("off")).isPresent()
        && function.body().all().noneMatch(s -> s instanceof Loop loop && !Pragmas.of(loop).unrolled());
  }

  private static Set<String> references(Function function) {
    return function.parameters().stream()
        .filter(p -> p.memory() || p.type().stream().anyMatch(t -> t.is("&")))
        .map(Parameter::name)
        .collect(Collectors.toSet());
  }

  /** Names that are written and not declared. */
  private static Set<String> carriedBy(Statement body) {
    Set<String> names = new HashSet<>();
    body.all().forEach(s -> assignment(s).ifPresent(a -> names.add(a.name())));
    body.all().forEach(s -> Declarations.in(s).forEach(v -> names.remove(v.name())));
    return names;
  }

  private void iteration(Function function, Statement body, Set<String> carried) {
    body.all().filter(s -> s instanceof Loop loop && Pragmas.of(loop).unrolled())
        .forEach(s -> chain(function, body, (Loop) s, carried));
  }

  private void chain(Function function, Statement body, Loop unrolled, Set<String> carried) {
    Set<String> own = new HashSet<>();
    unrolled.all().forEach(s -> Declarations.in(s).forEach(v -> own.add(v.name())));
    Set<String> counted = counted(unrolled);
    Set<Statement> inside = unrolled.all().collect(Collectors.toSet());
    for (Statement s : inside) {
      Optional<Assignment> step = assignment(s)
          .filter(a -> !own.contains(a.name()) && !mentions(a.index(), counted) && a.changes());
      boolean begins = step.isPresent() && (carried.contains(step.get().name())
          || body.all().filter(other -> !inside.contains(other)).map(RecurrenceRule::assignment)
              .flatMap(Optional::stream)
              .anyMatch(a -> a.name().equals(step.get().name()) && mentions(outsideBrackets(a.value()), carried)));
      if (begins) {
        findings.add(function.file(), s.line(), Rule.PIPELINE_RECURRENCE,
            step.get().name() + " begins with what the pipeline carries, and " + unrolled.label()
                + " changes it step by step");
      }
    }
  }

  /** The counter of a loop, and what its body computes from it: an element that it chooses is changed once. */
  private static Set<String> counted(Loop loop) {
    Set<String> names = Declarations.in(loop).map(Variable::name).collect(Collectors.toCollection(HashSet::new));
    loop.body().all().forEach(s -> Declarations.in(s)
        .filter(v -> mentions(v.initialiser(), names))
        .forEach(v -> names.add(v.name())));
    return names;
  }

  private static Optional<Assignment> assignment(Statement statement) {
    if (!(statement instanceof Simple)) {
      return Optional.empty();
    }
    List<Token> tokens = statement.tokens();
    int at = 0;
    while (at < tokens.size() && !ASSIGNMENTS.contains(tokens.get(at).text())) {
      at++;
    }
    List<Token> left = tokens.subList(0, at);
    if (at == tokens.size() || left.isEmpty() || left.stream().anyMatch(t -> t.is("("))) {
      return Optional.empty();
    }
    int bracket = 0;
    while (bracket < left.size() && !left.get(bracket).is("[")) {
      bracket++;
    }
    Optional<Token> name = left.subList(0, bracket).stream().filter(Token::word).reduce((a, b) -> b);
    String operator = tokens.get(at).text();
    List<Token> value = tokens.subList(at + 1, tokens.size());
    List<Token> index = left.subList(bracket, left.size());
    return name.map(n -> new Assignment(n.text(), index, operator, value));
  }

  /** Without indices: a carried counter may choose what a chain begins with. */
  private static List<Token> outsideBrackets(List<Token> tokens) {
    List<Token> outside = new ArrayList<>();
    int depth = 0;
    for (Token token : tokens) {
      depth += token.is("[") ? 1 : token.is("]") ? -1 : 0;
      if (depth == 0) {
        outside.add(token);
      }
    }
    return outside;
  }

  private static boolean mentions(List<Token> tokens, Set<String> names) {
    return tokens.stream().anyMatch(t -> names.contains(t.text()));
  }
}
