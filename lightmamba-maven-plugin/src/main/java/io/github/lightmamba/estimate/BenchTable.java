package io.github.lightmamba.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The figures in the columns of llama-bench. */
final class BenchTable {
  private static final int GENERATED = 128;

  /** What a token moves and the model does not have, or has as a table of which a token takes a row. */
  private static final Set<String> NOT_OF_THE_MODEL = Set.of("state", "padding", "embedding");

  private BenchTable() {}

  static List<String> of(Figures figures) {
    double count = figures.model().parameters();
    String params = count < 1e9 ? format("%.2f M", count / 1e6) : format("%.2f B", count / 1e9);
    String name = count < 1e9 ? format("%.0fM", count / 1e6) : format("%.1fB", count / 1e9);
    String model = "mamba2 " + name + " " + figures.scheme().toUpperCase(Locale.ROOT);
    String backend = figures.board() + ", estimated";
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"model", "size", "params", "backend", "test", "t/s"});
    double bytes = bytes(figures);
    String size = bytes < 1L << 30 ? format("%.2f MiB", bytes / (1L << 20)) : format("%.2f GiB", bytes / (1L << 30));
    rows.add(row(model, size, params, backend, "pp" + figures.prefill().tokens(), figures.prefill().tokensPerSecond()));
    rows.add(row(model, size, params, backend, "tg" + GENERATED, figures.decode().tokensPerSecond()));
    if (figures.sequences() != null) {
      String test = "tg" + GENERATED + " x " + figures.sequences().count();
      rows.add(row(model, size, params, backend, test, figures.sequences().tokensPerSecond()));
    }
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    rows.forEach(row -> {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    });
    List<String> lines = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      lines.add(line(rows.get(r), widths));
      if (r == 0) {
        lines.add(rule(widths));
      }
    }
    return lines;
  }

  /** Bytes of the quantized model, with the embedding of 16 bits. */
  private static double bytes(Figures figures) {
    double moved =
        figures.memory().bytesByClass().entrySet().stream()
            .filter(bytes -> !NOT_OF_THE_MODEL.contains(bytes.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    return moved + (double) Short.BYTES * figures.model().vocabulary() * figures.model().width();
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }

  private static String[] row(String model, String size, String params, String backend, String test, double rate) {
    return new String[] {model, size, params, backend, test, String.format(Locale.ROOT, "%.2f", rate)};
  }

  private static String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int c = 0; c < cells.length; c++) {
      String format = c == 0 || c == 3 ? "-" : "";
      line.append(String.format(Locale.ROOT, " %" + format + widths[c] + "s |", cells[c]));
    }
    return line.toString();
  }

  private static String rule(int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int c = 0; c < widths.length; c++) {
      line.append(c == 0 || c == 3 ? " " : " ").append("-".repeat(widths[c])).append(c == 0 || c == 3 ? " |" : ":|");
    }
    return line.toString();
  }
}
