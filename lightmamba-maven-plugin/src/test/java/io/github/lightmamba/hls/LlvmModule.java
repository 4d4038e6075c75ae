package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text form of a module of LLVM's intermediate code, as far as who refers to whom.
 *
 * @param functions that have a body, by name
 * @param globals lines of variables and constants, by name
 * @param references the names that each function and each global has in its text
 */
record LlvmModule(
    Map<String, Function> functions, Map<String, String> globals, Map<String, Set<String>> references) {
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
    Map<String, Set<String>> references = new LinkedHashMap<>();
    functions.forEach((name, function) -> references.put(name, symbols(function.instructions())));
    globals.forEach((name, text) -> references.put(name, symbols(List.of(text))));
    return new LlvmModule(functions, globals, references);
  }

  /** Returns the names of functions and globals that something needs, itself included, through others too. */
  Set<String> reachable(String from) {
    Set<String> reached = new LinkedHashSet<>(Set.of(from));
    List<String> waiting = new ArrayList<>(reached);
    while (!waiting.isEmpty()) {
      for (String other : references.getOrDefault(waiting.remove(waiting.size() - 1), Set.of())) {
        if (reached.add(other)) {
          waiting.add(other);
        }
      }
    }
    return reached;
  }

  private static Set<String> symbols(List<String> lines) {
    return lines.stream().flatMap(line -> SYMBOL.matcher(line).results()).map(MatchResult::group)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
