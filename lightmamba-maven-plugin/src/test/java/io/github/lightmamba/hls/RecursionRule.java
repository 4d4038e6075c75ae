package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Call;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** No function reaches itself, but for constexpr functions that the compiler evaluates. */
final class RecursionRule {
  private static final Set<String> CONTEXTS = Set.of("constexpr", "static_assert", "typedef", "using");

  private final Program program;
  private final Findings findings;

  RecursionRule(Program program, Findings findings) {
    this.program = program;
    this.findings = findings;
  }

  void check() {
    Set<Function> recursive = program.functions().filter(f -> program.reachable(f.body()).contains(f))
        .collect(Collectors.toSet());
    recursive.stream().filter(f -> !f.constant()).forEach(f ->
        findings.add(f.file(), f.line(), Rule.NO_RECURSION, f.name() + " calls itself, directly or through others"));
    Set<String> compiled =
        recursive.stream().filter(Function::constant).map(Function::name).collect(Collectors.toSet());
    program.functions().filter(f -> !f.constant()).forEach(function -> function.body().all().forEach(statement -> {
      List<Token> tokens = statement.tokens();
      boolean constant = tokens.stream().limit(2).anyMatch(t -> CONTEXTS.contains(t.text()));
      for (Call call : constant ? List.<Call>of() : Calls.in(tokens)) {
        if (compiled.contains(call.name())) {
          findings.add(function.file(), call.line(), Rule.NO_RECURSION,
              call.name() + " is recursive and its value is not constexpr here");
        }
      }
    }));
  }
}
