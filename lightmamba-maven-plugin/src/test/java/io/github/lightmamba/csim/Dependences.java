package io.github.lightmamba.csim;

import io.github.lightmamba.csim.LoopSource.Loop;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Has the simulation copy of kernel sources check what {@code #pragma HLS DEPENDENCE} promises. Vitis believes it: a
 * read that comes closer to the write than the pragma says would find the value before it.
 *
 * <p>In a source with such a pragma every element of its variable is read and written through a function that knows the
 * iteration of the last write. Only a loop with the pragma counts iterations ({@link PipelineScopes}), so what the same
 * lines do in another loop is not looked at.
 */
final class Dependences {
  private static final Pattern PRAGMA =
      Pattern.compile("dependence variable=(\\w+) type=inter(?: direction=raw)?"
          + "(?: distance=(\\d+) dependent=true| dependent=false)");

  private Dependences() {}

  /** Returns the promises of a loop as C++ braces with variable and least distance; empty where it makes none. */
  static String promises(Loop loop) {
    return loop.pragmas.stream()
        .filter(pragma -> pragma.startsWith("dependence"))
        .map(Dependences::parsed)
        .map(p -> "{\"" + p.group(1) + "\", " + (p.group(2) == null ? "::lightmamba::csim::kNever" : p.group(2)) + "}")
        .collect(Collectors.joining(", "));
  }

  private static Matcher parsed(String pragma) {
    Matcher matcher = PRAGMA.matcher(pragma);
    if (!matcher.matches()) {
      throw new AssertionError("a dependence that is not simulated: " + pragma);
    }
    return matcher;
  }

  /** Gives the accesses to the variables of the pragmas their names; lines keep their numbers. */
  static Map<String, String> transform(Map<String, String> texts) {
    Map<String, String> transformed = new LinkedHashMap<>();
    texts.forEach((name, text) -> transformed.put(name, transformed(name, text)));
    return transformed;
  }

  private static String transformed(String name, String text) {
    if (!text.contains("HLS DEPENDENCE")) {
      return text;
    }
    String result = text;
    Set<String> variables = new LinkedHashSet<>();
    new LoopSource(name, text).loops.forEach(
        loop -> loop.pragmas.stream()
            .filter(pragma -> pragma.startsWith("dependence"))
            .forEach(pragma -> variables.add(parsed(pragma).group(1))));
    for (String variable : variables) {
      result = named(new LoopSource(name, result), variable);
    }
    return result;
  }

  private static String named(LoopSource source, String variable) {
    Matcher access = Pattern.compile("(?<![\\w.>\"])" + variable + "(?=\\[)").matcher(source.code);
    StringBuilder text = new StringBuilder();
    int at = 0;
    int reads = 0;
    int writes = 0;
    while (access.find()) {
      int end = access.end();
      while (source.code.startsWith("[", end)) {
        end = closing(source.code, end) + 1;
      }
      String behind = source.code.substring(end).stripLeading();
      boolean write = behind.startsWith("=") && !behind.startsWith("==");
      if (!write && behind.matches("(?s)([-+*/%&|^]|<<|>>)=.*")) {
        throw new AssertionError(variable + ": an assignment that reads is not simulated");
      }
      reads += write ? 0 : 1;
      writes += write ? 1 : 0;
      String call = "::lightmamba::csim::" + (write ? "given" : "taken") + "(\"" + variable + "\", ";
      text.append(source.text, at, access.start()).append(call);
      text.append(source.text, access.start(), end).append(')');
      at = end;
    }
    if (reads == 0 || writes == 0) {
      throw new AssertionError(variable + " has a dependence pragma and is not both read and written");
    }
    return text.append(source.text.substring(at)).toString();
  }

  private static int closing(String code, int opening) {
    int depth = 0;
    for (int i = opening; i < code.length(); i++) {
      depth += code.charAt(i) == '[' ? 1 : code.charAt(i) == ']' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new AssertionError("a bracket is not closed");
  }
}
