package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Call;
import io.github.lightmamba.hls.Function.Parameter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parameters that are m_axi ports: pointers of kernels and of dataflow regions, and what these are handed on as. */
final class MemoryPorts {
  private MemoryPorts() {}

  static String key(Function function, String parameter) {
    return function.file() + ":" + function.line() + ":" + parameter;
  }

  static Set<String> of(Program program) {
    Set<String> ports = new HashSet<>();
    program.functions().forEach(function -> {
      Pragmas pragmas = Pragmas.of(function.body());
      if (function.external() || pragmas.get("dataflow").isPresent()) {
        function.parameters().stream().filter(Parameter::memory).forEach(p -> ports.add(key(function, p.name())));
      }
    });
    int before;
    do {
      before = ports.size();
      program.functions().forEach(function -> function.body().all()
          .flatMap(s -> Calls.in(s.tokens()).stream()).forEach(call -> pass(program, function, call, ports)));
    } while (ports.size() > before);
    return ports;
  }

  private static void pass(Program program, Function function, Call call, Set<String> ports) {
    for (Function callee : program.called(call)) {
      for (int i = 0; i < call.arguments().size(); i++) {
        List<Token> argument = call.arguments().get(i);
        if (argument.stream().anyMatch(t -> t.word() && ports.contains(key(function, t.text())))
            && callee.parameters().get(i).memory()) {
          ports.add(key(callee, callee.parameters().get(i).name()));
        }
      }
    }
  }
}
