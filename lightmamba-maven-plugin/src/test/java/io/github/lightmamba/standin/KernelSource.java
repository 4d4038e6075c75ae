package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the signature and the interface pragmas of a kernel's top function. Everything else is taken on trust. */
final class KernelSource {
  private static final Pattern PRAGMA = Pattern.compile("#pragma\\s+HLS\\s+(?i:interface)\\s+(.*)");
  private static final Pattern LOOP = Pattern.compile("(?m)^\\s*(\\w+)\\s*:\\s*for\\s*\\(");

  private KernelSource() {}

  /** The kernel, and the labels of the loops in its sources. */
  record Parsed(KernelObject kernel, Set<String> loops) {}

  static Parsed parse(List<Path> sources, String kernel) throws IOException, Rejection {
    Set<String> loops = new LinkedHashSet<>();
    KernelObject found = null;
    for (Path source : sources) {
      if (!Files.isRegularFile(source)) {
        throw new Rejection("ERROR: [v++ 60-602] Source file does not exist: " + source);
      }
      String text = Files.readString(source).replaceAll("(?s)/\\*.*?\\*/", " ").replaceAll("//[^\n]*", "");
      Matcher loop = LOOP.matcher(text);
      while (loop.find()) {
        loops.add(loop.group(1));
      }
      int error = text.indexOf("#error");
      if (error >= 0) {
        long line = text.substring(0, error).lines().count() + 1;
        throw new Rejection("ERROR: [HLS 207-1] #error in the source (" + source + ":" + line + ":2)");
      }
      Matcher start = Pattern.compile("\\bvoid\\s+" + Pattern.quote(kernel) + "\\s*\\(").matcher(text);
      if (start.find()) {
        int end = closing(text, start.end() - 1);
        found = kernel(kernel, text.substring(start.end(), end), text.substring(end));
      }
    }
    if (found == null) {
      throw new Rejection("ERROR: [HLS 200-1472] Cannot find the top function '" + kernel + "' in the design");
    }
    return new Parsed(found, loops);
  }

  private static KernelObject kernel(String name, String parameters, String body) {
    Map<String, String> bundles = new HashMap<>();
    String control = "ap_ctrl_chain";
    Matcher pragma = PRAGMA.matcher(body);
    while (pragma.find()) {
      String words = pragma.group(1);
      String port = setting(words, "port");
      if (words.contains("m_axi")) {
        bundles.put(port, setting(words, "bundle"));
      } else if (port.equals("return") && words.contains("ap_ctrl_none")) {
        control = "ap_ctrl_none";
      } else if (port.equals("return") && words.contains("ap_ctrl_hs")) {
        control = "ap_ctrl_hs";
      }
    }
    List<KernelObject.Argument> arguments = new ArrayList<>();
    int offset = 0x10;
    for (String parameter : split(parameters)) {
      String text = parameter.strip().replaceAll("\\s+", " ");
      String argument = text.substring(Math.max(text.lastIndexOf(' '), text.lastIndexOf('&')) + 1).replace("*", "");
      String type = text.substring(0, text.lastIndexOf(argument)).strip();
      if (type.contains("stream<")) {
        arguments.add(new KernelObject.Argument(argument, 4, argument, 4, 0, type.replace(" &", "&")));
      } else if (type.endsWith("*") || text.contains("*") || type.contains("burst_maxi<")) {
        String bundle = bundles.getOrDefault(argument, "gmem");
        String port = "M_AXI_" + (bundle.isEmpty() ? "gmem" : bundle).toUpperCase(Locale.ROOT);
        arguments.add(new KernelObject.Argument(argument, 1, port, 8, offset, type));
        offset += 12;
      } else {
        arguments.add(new KernelObject.Argument(argument, 0, "S_AXI_CONTROL", 4, offset, type));
        offset += 8;
      }
    }
    return new KernelObject(name, control, arguments);
  }

  private static String setting(String words, String key) {
    Matcher matcher = Pattern.compile("\\b" + key + "\\s*=\\s*(\\w+)").matcher(words);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return text.length();
  }

  private static List<String> split(String parameters) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      depth += c == '<' ? 1 : c == '>' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(parameters.substring(start, i));
        start = i + 1;
      }
    }
    if (!parameters.substring(start).isBlank()) {
      parts.add(parameters.substring(start));
    }
    return parts;
  }
}
