package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Function.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names of types of ports: streams, pointers and bursts. */
final class Aliases {
  private Aliases() {}

  /** Returns what names that are declared by typedef or using stand for, if that is a port. */
  static Map<String, List<Token>> of(List<SourceFile> files) {
    Map<String, List<Token>> aliases = new HashMap<>();
    for (SourceFile file : files) {
      List<Token> code = file.code();
      for (int i = 0; i + 2 < code.size(); i++) {
        int end = i;
        while (end < code.size() && !code.get(end).is(";")) {
          end++;
        }
        if (code.get(i).is("typedef")) {
          put(aliases, code.get(end - 1).text(), code.subList(i + 1, end - 1));
        } else if (code.get(i).is("using") && code.get(i + 2).is("=")) {
          put(aliases, code.get(i + 1).text(), code.subList(i + 3, end));
        }
      }
    }
    return aliases;
  }

  private static void put(Map<String, List<Token>> aliases, String name, List<Token> type) {
    if (type.stream().anyMatch(t -> t.is("stream") || t.is("burst_maxi") || t.is("*"))) {
      aliases.put(name, type);
    }
  }

  static Parameter resolve(Parameter parameter, Map<String, List<Token>> aliases) {
    List<Token> type = new ArrayList<>();
    parameter.type().forEach(t -> type.addAll(aliases.getOrDefault(t.text(), List.of(t))));
    return new Parameter(type, parameter.name());
  }
}
