package io.github.lightmamba.estimate;

import java.util.Locale;
import java.util.Map;

/** Where the time of a decoded token goes: a bar for each phase, work and waiting apart. */
final class TimelinePlot {
  private static final int WIDTH = 760;
  private static final int LEFT = 190;
  private static final int RIGHT = 110;
  private static final int TOP = 60;
  private static final int ROW = 30;
  private static final int BAR = 18;

  private TimelinePlot() {}

  static String of(Figures figures) {
    Map<String, Double> phases = figures.decode().phases();
    double all = figures.decode().microseconds();
    Svg svg =
        new Svg(
            WIDTH, TOP + ROW * phases.size() + 50,
            String.format(
                Locale.ROOT, "%s, %s: %.0f us of a token, sums over %d layers, estimated", figures.board(),
                figures.scheme(), all, figures.model().layers()));
    double scale = (WIDTH - LEFT - RIGHT) / all;
    double at = LEFT;
    int row = 0;
    for (Map.Entry<String, Double> phase : phases.entrySet()) {
      double y = TOP + row++ * ROW;
      boolean waits = phase.getKey().startsWith("wait") || phase.getKey().equals(UnitPrograms.NEXT_TOKEN);
      svg.text(LEFT - 10, y + BAR - 4, "end", phase.getKey());
      svg.bar(at, y, phase.getValue() * scale, BAR, waits ? "wait" : "work");
      at += phase.getValue() * scale;
      svg.text(
          at + 6, y + BAR - 4, "start",
          String.format(Locale.ROOT, "%.1f us, %.1f %%", phase.getValue(), 100 * phase.getValue() / all));
    }
    double floor = TOP + row * ROW + 8.0;
    svg.line(LEFT, floor, WIDTH - RIGHT, floor, "axis");
    svg.text(LEFT, floor + 18, "middle", "0");
    svg.text(WIDTH - RIGHT, floor + 18, "middle", String.format(Locale.ROOT, "%.0f us", all));
    return svg.toString();
  }
}
