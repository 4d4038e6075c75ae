package io.github.lightmamba.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How wrong earlier estimates for a board were, in words. */
public final class PastErrors {
  /** Names of figures that are intervals of loops begin so. */
  public static final String INTERVAL = "II ";

  private PastErrors() {}

  /**
   * Returns a line for each figure and each origin that it was compared with, or one that says why there is none.
   *
   * @param folder the cache folder
   * @param board the board that is estimated
   */
  public static List<String> lines(Path folder, String board) {
    try {
      return lines(Ledger.read(folder), board);
    } catch (IOException e) {
      return List.of("the ledger " + folder.resolve(Ledger.FILE) + " cannot be read (" + e.getMessage() + ")");
    }
  }

  static List<String> lines(Ledger ledger, String board) {
    List<Ledger.Row> rows =
        ledger.rows().stream().filter(row -> row.board().equals(board) && !row.standIn()).toList();
    Map<String, Compared> figures = new LinkedHashMap<>();
    for (Ledger.Row row : rows) {
      if (row.part().equals(Ledger.Row.DESIGN)) {
        row.figures().forEach((name, figure) -> take(figures, name, figure));
      }
    }
    List<String> lines = new ArrayList<>();
    figures.values().forEach(compared -> lines.add(compared.line()));
    intervals(rows, lines);
    return lines.isEmpty()
        ? List.of("no design for the " + board + " was built yet: the error of these estimates is not known")
        : lines;
  }

  private static void take(Map<String, Compared> figures, String name, Figure figure) {
    for (Origin came : Origin.values()) {
      Double error = figure.error(Origin.ESTIMATE, came);
      if (came != Origin.ESTIMATE && error != null) {
        String kind = came == Origin.ROUTED && figure.note() != null ? figure.note() : came.kind();
        figures
            .computeIfAbsent(name + " " + came.column(), key -> new Compared(name, came, kind, new ArrayList<>()))
            .errors()
            .add(error);
      }
    }
  }

  private static void intervals(List<Ledger.Row> rows, List<String> lines) {
    int known = 0;
    int slower = 0;
    for (Ledger.Row row : rows) {
      for (Map.Entry<String, Figure> figure : row.figures().entrySet()) {
        Double error = figure.getValue().error(Origin.ESTIMATE, Origin.CSYNTH);
        if (figure.getKey().startsWith(INTERVAL) && error != null) {
          known++;
          slower += error < 0 ? 1 : 0;
        }
      }
    }
    if (known > 0) {
      lines.add(
          "II: of " + known + " loops " + slower + " were slower than promised (" + Origin.CSYNTH.kind() + ")");
    }
  }

  /**
   * The errors of a figure.
   *
   * @param figure its name
   * @param came what it was compared with
   * @param kind how that came about
   * @param errors of each design, as shares
   */
  private record Compared(String figure, Origin came, String kind, List<Double> errors) {
    String line() {
      double mean = errors.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      double low = errors.stream().mapToDouble(Double::doubleValue).min().orElse(0);
      double high = errors.stream().mapToDouble(Double::doubleValue).max().orElse(0);
      String said = Math.abs(mean) < 0.0005 ? "right" : percent(Math.abs(mean)) + (mean < 0 ? " too low" : " too high");
      String span = errors.size() == 1 ? "" : ", from " + signed(low) + " to " + signed(high);
      return figure + ": of " + errors.size() + (errors.size() == 1 ? " earlier design" : " earlier designs")
          + " estimated " + said + span + ", against " + came.column() + " (" + kind + ")";
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String signed(double share) {
      return String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    }
  }
}
