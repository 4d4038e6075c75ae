package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Access;
import io.github.lightmamba.hls.Statement.Branch;
import io.github.lightmamba.hls.Statement.Loop;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pipelines end with what they work on (docs/accelerator.md, "Stalled pipelines").
 *
 * <p>A pipelined loop <em>runs over a barrier</em> if its next input may depend on a result that it has not handed on.
 * The form that excludes it: the loop ends with its vector, segment or message (no flattening, no rewind), and all its
 * iterations use the same streams. A loop that takes items of several streams at different rates, or hands items to
 * different streams, mixes segments: it flushes, or a comment "No barrier:" in it says why its input cannot wait.
 */
final class PipelineRules {
  private final Program program;
  private final Findings findings;
  private final Set<Function> withLoops;
  private final Set<String> axi;

  PipelineRules(Program program, Findings findings) {
    this.program = program;
    this.findings = findings;
    withLoops = program.functions().filter(f -> f.body().all().anyMatch(PipelineRules::rolled))
        .collect(Collectors.toSet());
    axi = MemoryPorts.of(program);
  }

  void check() {
    program.functions().forEach(function -> {
      if (Pragmas.of(function.body()).pipelined()) {
        inner(function, function.body(), function.name());
      }
      walk(function, function.body(), false);
    });
  }

  private void walk(Function function, Statement statement, boolean pipelined) {
    boolean inside = pipelined;
    if (statement instanceof Loop loop) {
      Pragmas pragmas = Pragmas.of(loop);
      if (pragmas.pipelined()) {
        pipeline(function, loop, pragmas.get("pipeline").orElseThrow());
        inside = true;
      } else if (!pragmas.unrolled() && !pipelined) {
        outer(function, loop, pragmas);
      }
    }
    for (Statement child : statement.children()) {
      walk(function, child, inside);
    }
  }

  private static boolean rolled(Statement statement) {
    return statement instanceof Loop loop && !Pragmas.of(loop).unrolled();
  }

  private Optional<String> rolledInside(Statement body) {
    Optional<String> own = body.all().filter(PipelineRules::rolled)
        .map(s -> ((Loop) s).label() + " in line " + s.line()).findFirst();
    return own.isPresent() ? own
        : program.reachable(body).stream().filter(withLoops::contains).map(f -> "a loop of " + f.name()).findFirst();
  }

  private void outer(Function function, Loop loop, Pragmas pragmas) {
    Optional<String> inner = rolledInside(loop.body());
    if (inner.isPresent() && !pragmas.flattenOff()) {
      findings.add(function.file(), loop.line(), Rule.LOOP_FLATTEN,
          loop.label() + " contains " + inner.get() + " and has no LOOP_FLATTEN off");
    } else if (inner.isEmpty() && pragmas.get("pipeline").isEmpty()) {
      findings.add(function.file(), loop.line(), Rule.PIPELINE_EXPLICIT,
          loop.label() + " is innermost and says neither PIPELINE, PIPELINE off nor UNROLL");
    }
  }

  private void pipeline(Function function, Loop loop, PragmaText pragma) {
    inner(function, loop.body(), loop.label());
    if (pragma.has("rewind")) {
      findings.add(function.file(), loop.line(), Rule.PIPELINE_REWIND, loop.label() + " rewinds");
    }
    String style = pragma.value("style");
    boolean memory = axi(function, loop);
    if (style.equals("frp") && memory) {
      findings.add(function.file(), loop.line(), Rule.PIPELINE_FRP, loop.label() + " is frp and uses a memory port");
    }
    boolean flushes = style.equals("flp") || style.equals("frp") && !memory;
    boolean argued = program.files().stream().filter(f -> f.name().equals(function.file()))
        .anyMatch(f -> f.comments().entrySet().stream().anyMatch(c -> c.getKey() >= loop.line() - 2
            && c.getKey() <= loop.end() && c.getValue().matches("No barrier: \\S.*")));
    if (!flushes && !argued) {
      mixes(function, loop).ifPresent(how ->
          findings.add(function.file(), loop.line(), Rule.PIPELINE_BARRIER, loop.label() + " " + how
              + "; it needs style=flp, or a comment \"No barrier: ...\" that says why its input never waits for it"));
    }
  }

  private void inner(Function function, Statement body, String name) {
    rolledInside(body).ifPresent(inner -> findings.add(function.file(), body.line(), Rule.PIPELINE_INNER_LOOP,
        name + " is pipelined and contains " + inner + ", which is not unrolled"));
  }

  private boolean axi(Function function, Loop loop) {
    Predicate<String> port = name -> axi.contains(MemoryPorts.key(function, name));
    return loop.all().flatMap(s -> s.tokens().stream()).anyMatch(t -> t.word() && port.test(t.text()));
  }

  /** How a loop mixes segments, or nothing. */
  private Optional<String> mixes(Function function, Loop loop) {
    Set<String> varying = varying(loop);
    List<Access> accesses = accesses(function, loop.body(), varying).toList();
    Set<String> reads = names(accesses, a -> !a.write());
    Set<String> writes = names(accesses, Access::write);
    Set<String> readsAlways = names(accesses, a -> !a.write() && !a.chosen());
    Set<String> writesAlways = names(accesses, a -> a.write() && !a.chosen());
    if (reads.isEmpty() || writes.isEmpty()) {
      return Optional.empty();
    }
    if (reads.size() > 1 && !readsAlways.containsAll(reads)) {
      return Optional.of("reads " + sorted(reads) + ", not all in every iteration");
    }
    if (writes.size() > 1 && !writesAlways.containsAll(writes)) {
      return Optional.of("writes " + sorted(writes) + ", not all in every iteration");
    }
    return Optional.empty();
  }

  /** Accesses of a loop's body; chosen are those under a condition that varies from iteration to iteration. */
  private Stream<Access> accesses(Function function, Statement statement, Set<String> varying) {
    if (statement.children().isEmpty()) {
      return program.accesses(function, statement).stream();
    }
    boolean chooses = statement instanceof Branch
        && statement.tokens().stream().anyMatch(t -> varying.contains(t.text()));
    return statement.children().stream().flatMap(child -> accesses(function, child, varying))
        .map(a -> chooses ? new Access(a.stream(), a.write(), a.line(), true) : a);
  }

  /** Names that an iteration declares or changes. */
  private static Set<String> varying(Loop loop) {
    Set<String> names = new HashSet<>();
    loop.all().forEach(s -> {
      Declarations.in(s).forEach(v -> names.add(v.name()));
      List<Token> tokens = s.tokens();
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.get(i).text().matches("[-+*/%&|^]?=|<<=|>>=|\\+\\+|--")) {
          if (i > 0 && tokens.get(i - 1).word()) {
            names.add(tokens.get(i - 1).text());
          } else if (i + 1 < tokens.size() && tokens.get(i + 1).word()) {
            names.add(tokens.get(i + 1).text());
          }
        }
      }
    });
    return names;
  }

  private static Set<String> names(List<Access> accesses, Predicate<Access> which) {
    return accesses.stream().filter(which).map(Access::stream).collect(Collectors.toSet());
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().toList();
  }
}
