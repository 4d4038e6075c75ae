package io.github.lightmamba.csim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gives the simulation copy of kernel sources memory ports that know when a write is visible: in the headers, pointer
 * parameters named like an {@code m_axi} port, and all pointers to memory words, become objects that are used alike.
 */
public final class MemoryPorts {
  private static final Pattern PORT = Pattern.compile("(?m)^#pragma HLS INTERFACE mode=m_axi port=(\\w+)");
  private static final Pattern POINTER =
      Pattern.compile("(?<=[(,])(\\s*)(const\\s+)?(\\w+)\\s*\\*\\s*(\\w+)(?=\\s*[,)])");
  private static final String WORD = "Word";

  private MemoryPorts() {}

  /**
   * Transforms sources; those with an external interface stay, since the test bench calls them.
   *
   * @param texts by file
   * @return the transformed texts by file; lines keep their numbers
   */
  public static Map<String, String> transform(Map<String, String> texts) {
    Set<String> ports =
        texts.values().stream()
            .flatMap(text -> PORT.matcher(text).results())
            .map(match -> match.group(1))
            .collect(Collectors.toSet());
    Map<String, String> transformed = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> transformed.put(name, text.contains("extern \"C\" {") ? text : transformed(text, ports)));
    return transformed;
  }

  private static String transformed(String text, Set<String> ports) {
    return POINTER
        .matcher(text)
        .replaceAll(
            pointer -> {
              boolean port = ports.contains(pointer.group(4)) || pointer.group(3).equals(WORD);
              String type = pointer.group(2) == null ? "Port" : "ConstPort";
              String parameter =
                  pointer.group(1) + "::lightmamba::csim::" + type + "<" + pointer.group(3) + "> " + pointer.group(4);
              return Matcher.quoteReplacement(port ? parameter : pointer.group());
            });
  }
}
