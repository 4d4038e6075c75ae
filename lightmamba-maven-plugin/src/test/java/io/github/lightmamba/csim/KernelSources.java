package io.github.lightmamba.csim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The generated sources of one small accelerator, rendered from the templates by plain text replacement. */
final class KernelSources {

  static final Path ROOT = Path.of("..", "accelerator-src").toAbsolutePath().normalize();

  private static final Pattern VARIABLE = Pattern.compile("\\[=(\\w+)(\\?c)?]");
  private static final Pattern TABLE_ROW = Pattern.compile("\\| `k(\\w+)` \\| (-?\\d+) \\| .*");

  private final Map<String, String> variables = new LinkedHashMap<>();

  /** Numeric constants come from the table of the README of accelerator-src. */
  KernelSources() throws IOException {
    for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
      Matcher row = TABLE_ROW.matcher(line);
      if (row.matches()) {
        variables.put(row.group(1).substring(0, 1).toLowerCase(java.util.Locale.ROOT) + row.group(1).substring(1),
            row.group(2));
      }
    }
    for (String depth : new String[] {"unitWords", "coreWords", "embeddingWords", "maximumTokens", "traceWords"}) {
      set(depth, 1);
    }
    set("blockRows", 16).set("bias", 0).set("normGroups", 1).set("scanLanes", 16).set("multiplier", 0).lanes(1)
        .keeps(0, 0);
  }

  /** Token lanes, each with a state slot and a multiplier of its own. */
  KernelSources lanes(int lanes) {
    return set("lanes", lanes).set("slots", lanes).multipliers(1, lanes);
  }

  /** Cycles that a word stays with all lanes at work, and lanes of a cycle in DSPs, half of them in UltraRAM. */
  KernelSources multipliers(int wordCycles, int dspLanes) {
    return set("wordCycles", wordCycles).set("dspLanes", dspLanes).set("uramLanes", dspLanes / 2);
  }

  /** The state of up to so many layers stays on chip, in so many words a unit. */
  KernelSources keeps(int layers, int lines) {
    return set("keptLayers", layers).set("stateLines", lines);
  }

  /** An activation group brings the limit of its exponents with it (numerics.md, section 1). */
  KernelSources set(String name, int value) {
    variables.put(name, Integer.toString(value));
    if (name.startsWith("activationGroup")) {
      String limit = name.replace("activationGroup", "exponentLimit4");
      variables.put(limit, value <= 8 ? "132" : value <= 16 ? "144" : "150");
    }
    return this;
  }

  int get(String name) {
    return Integer.parseInt(variables.get(name));
  }

  /** F_m, Paley's first construction; m = 1 or m - 1 a prime that leaves 3 modulo 4. */
  KernelSources hadamard(int factor, int log2) {
    StringBuilder rows = new StringBuilder();
    for (int[] row : factor(factor)) {
      rows.append(rows.isEmpty() ? "{" : ", {");
      for (int i = 0; i < row.length; i++) {
        rows.append(i == 0 ? "" : ", ").append(row[i]);
      }
      rows.append('}');
    }
    variables.put("hadamardSigns", rows.toString());
    return set("hadamardFactor", factor).set("hadamardLog2", log2);
  }

  static int[][] factor(int m) {
    int q = m - 1;
    int[][] f = new int[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        f[i][j] = i == j || i == 0 ? 1 : j == 0 ? -1 : residue(i - j, q);
      }
    }
    return f;
  }

  private static int residue(int a, int q) {
    for (int x = 1; x < q; x++) {
      if (Math.floorMod(x * x - a, q) == 0) {
        return 1;
      }
    }
    return -1;
  }

  /**
   * Renders `template` (relative to accelerator-src, without `.ftl`) into the folder; a missing variable is an error.
   */
  Path render(String template, Path folder) throws IOException {
    String text = Files.readString(ROOT.resolve(template + ".ftl"));
    String rendered = VARIABLE.matcher(text).replaceAll(match -> {
      String value = variables.get(match.group(1));
      if (value == null) {
        throw new AssertionError(template + ": the variable " + match.group(1) + " is not in the README's table");
      }
      return value;
    });
    Path file = folder.resolve(Path.of(template).getFileName());
    Files.writeString(file, rendered);
    return file;
  }
}
