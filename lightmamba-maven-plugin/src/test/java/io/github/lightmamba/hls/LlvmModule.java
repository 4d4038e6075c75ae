package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of a module of LLVM's intermediate code, as far as who refers to whom.
 *
 * @param functions that have a body, by name
 * @param globals lines of variables and constants, by name
 */
record LlvmModule(Map<String, Function> functions, Map<String, String> globals) {
  private static final String NAME = "@(?:[-\\w.$]+|\"[^\"]*\")";
  private static final Pattern SYMBOL = Pattern.compile(NAME);
  private static final Pattern GLOBAL = Pattern.compile("(" + NAME + ") = .*");

  /**
   * A function with a body.
   *
   * @param head its first line
   * @param instructions the lines of its body
   */
  record Function(String head, List<String> instructions) {}

  static LlvmModule of(List<String> lines) {
    Map<String, Function> functions = new LinkedHashMap<>();
    Map<String, String> globals = new LinkedHashMap<>();
    List<String> body = null;
    for (String line : lines) {
      Matcher global = GLOBAL.matcher(line);
      if (line.startsWith("define ")) {
        Matcher name = SYMBOL.matcher(line);
        if (!name.find()) {
          throw new IllegalArgumentException("a function without a name: " + line);
        }
        body = new ArrayList<>();
        functions.put(name.group(), new Function(line, body));
      } else if (line.equals("}")) {
        body = null;
      } else if (body != null) {
        body.add(line.strip());
      } else if (global.matches()) {
        globals.put(global.group(1), line.substring(global.group(1).length()));
      }
    }
    return new LlvmModule(functions, globals);
  }

  /** Returns the names of functions and globals that something needs, itself included, through others too. */
  Set<String> reachable(String from) {
    Set<String> reached = new LinkedHashSet<>(Set.of(from));
    List<String> waiting = new ArrayList<>(reached);
    while (!waiting.isEmpty()) {
      for (String other : referred(waiting.remove(waiting.size() - 1))) {
        if (reached.add(other)) {
          waiting.add(other);
        }
      }
    }
    return reached;
  }

  /** Returns the names that a function or a global has in its text. */
  Set<String> referred(String name) {
    Set<String> names = new LinkedHashSet<>();
    List<String> text =
        functions.containsKey(name) ? functions.get(name).instructions() : List.of(globals.getOrDefault(name, ""));
    for (String line : text) {
      names.addAll(symbols(line));
    }
    return names;
  }

  static List<String> symbols(String line) {
    return SYMBOL.matcher(line).results().map(match -> match.group()).toList();
  }
}
