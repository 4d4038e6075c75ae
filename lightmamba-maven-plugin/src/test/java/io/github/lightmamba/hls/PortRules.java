package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Call;
import io.github.lightmamba.hls.Function.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kernels, which are the functions with C linkage: names, interfaces and bundles. */
final class PortRules {
  private static final int LONGEST_NAME = 63;

  private final Findings findings;

  PortRules(Findings findings) {
    this.findings = findings;
  }

  void check(Program program) {
    program.functions().filter(Function::external).forEach(kernel -> kernel(program, kernel));
  }

  private void kernel(Program program, Function kernel) {
    if (kernel.name().length() > LONGEST_NAME) {
      findings.add(kernel.file(), kernel.line(), Rule.KERNEL_NAME,
          kernel.name() + " has " + kernel.name().length() + " characters");
    }
    List<PragmaText> interfaces =
        Pragmas.of(kernel.body()).texts().stream().filter(p -> p.name().equals("interface")).toList();
    Map<String, Set<String>> modes = new HashMap<>();
    Map<String, String> bundles = new HashMap<>();
    for (PragmaText text : interfaces) {
      String port = text.value("port");
      if (!modes.computeIfAbsent(port, p -> new HashSet<>()).add(text.mode())) {
        findings.add(kernel.file(), kernel.line(), Rule.PORT_INTERFACE, port + " is " + text.mode() + " twice");
      }
      if (text.mode().equals("m_axi")) {
        bundle(program, kernel, text, bundles);
      }
    }
    for (Parameter parameter : kernel.parameters()) {
      expect(kernel, parameter.name(), modes,
          parameter.stream() ? Set.of("axis")
              : parameter.memory() ? Set.of("m_axi", "s_axilite") : Set.of("s_axilite"));
    }
    expect(kernel, "return", modes, Set.of("s_axilite"));
    if (!kernel.returnsNothing()) {
      findings.add(kernel.file(), kernel.line(), Rule.PORT_INTERFACE, kernel.name() + " returns a value");
    }
  }

  private void bundle(Program program, Function kernel, PragmaText text, Map<String, String> bundles) {
    String port = text.value("port");
    String bundle = text.value("bundle");
    String other = bundles.putIfAbsent(bundle, port);
    if (bundle.isEmpty()) {
      findings.add(kernel.file(), kernel.line(), Rule.PORT_BUNDLE, port + " has no bundle of its own");
    } else if (other != null && !other.equals(port)
        && !oneReadsOneWrites(directions(program, kernel, port), directions(program, kernel, other))) {
      findings.add(kernel.file(), kernel.line(), Rule.PORT_BUNDLE, port + " shares the bundle of " + other);
    }
    if (!text.value("offset").equals("slave")) {
      findings.add(kernel.file(), kernel.line(), Rule.PORT_INTERFACE, port + " has no offset=slave");
    }
  }

  /** AXI has channels of its own for reads and for writes. */
  private static boolean oneReadsOneWrites(Set<Boolean> some, Set<Boolean> others) {
    return some.size() == 1 && others.size() == 1 && !some.equals(others);
  }

  /** What is done with a port of manual bursts, through calls too: true where it is written. */
  private static Set<Boolean> directions(Program program, Function function, String port) {
    Set<Boolean> found = new HashSet<>();
    function.body().all().forEach(statement -> {
      Calls.accesses(statement, Set.of(port)).forEach(access -> found.add(access.write()));
      for (Call call : Calls.in(statement.tokens())) {
        for (Function callee : program.called(call)) {
          for (int i = 0; i < call.arguments().size(); i++) {
            if (Calls.variable(call.arguments().get(i)).equals(port)) {
              found.addAll(directions(program, callee, callee.parameters().get(i).name()));
            }
          }
        }
      }
    });
    return found;
  }

  private void expect(Function kernel, String port, Map<String, Set<String>> modes, Set<String> expected) {
    Set<String> given = modes.getOrDefault(port, Set.of());
    if (!given.equals(expected)) {
      findings.add(kernel.file(), kernel.line(), Rule.PORT_INTERFACE, "the port " + port + " of " + kernel.name()
          + " has interfaces " + given.stream().sorted().toList()
          + " instead of " + expected.stream().sorted().toList());
    }
  }
}
