package io.github.lightmamba.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Draws the distributions of all layers, before and after the rotation, as SVG: a panel for each kind of tensor,
 * magnitude on a logarithmic axis.
 *
 * <p>For each layer two boxes from 25 to 75 %, with a line at 50 %, whiskers at 1 and 99 %, a dot at the largest value,
 * and behind them in grey the range
 * of the integer grid. The same figures give the same text; it holds for light and dark pages, and for readers who see
 * no colours.
 */
public final class DistributionPlot {
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 64;
  private static final int PANEL = 180;
  private static final int PANEL_GAP = 58;
  private static final int LEAST_LAYER = 30;
  private static final int LEAST_WIDTH = 600;
  private static final int BOX = 9;

  /** Powers of two that a panel shows at most below its largest value; smaller ones are drawn at the edge. */
  private static final int OCTAVES = 20;

  private static final String STYLE =
      """
      <style>
      .page{fill:#ffffff}.text{fill:#222222;font:12px sans-serif}.title{font-size:15px;font-weight:bold}
      .axis{stroke:#999999;stroke-width:1}.line{stroke:#dddddd;stroke-width:1}.grid{fill:#bbbbbb;fill-opacity:.45}
      .before{fill:none;stroke:#1f5fae;stroke-width:1.2}.after{fill:#d9661f;fill-opacity:.55;stroke:#a8480c;stroke-width:1.2}
      @media (prefers-color-scheme:dark){
      .page{fill:#16191d}.text{fill:#e4e4e4}.axis{stroke:#888888}.line{stroke:#333840}.grid{fill:#8a919b;fill-opacity:.35}
      .before{stroke:#7fb4f5}.after{fill:#f0904f;stroke:#ffb98a}}
      </style>
      """;

  private final List<LayerDistributions> before;
  private final List<LayerDistributions> after;
  private final int width;
  private final double pitch;
  private final StringBuilder svg = new StringBuilder();

  private DistributionPlot(List<LayerDistributions> before, List<LayerDistributions> after) {
    this.before = before;
    this.after = after;
    this.width = Math.max(LEAST_WIDTH, LEFT + RIGHT + LEAST_LAYER * before.size());
    this.pitch = (double) (width - LEFT - RIGHT) / before.size();
  }

  /**
   * Draws.
   *
   * @param title of the picture
   * @param before of each layer, first to last, without rotation
   * @param after the same with rotation
   * @return a complete SVG document
   * @throws IllegalArgumentException if the lists are empty or of different length
   */
  public static String svg(String title, List<LayerDistributions> before, List<LayerDistributions> after) {
    if (before.isEmpty() || before.size() != after.size()) {
      throw new IllegalArgumentException(before.size() + " layers before, " + after.size() + " after");
    }
    return new DistributionPlot(before, after).draw(title);
  }

  private String draw(String title) {
    int height = TOP + 4 * (PANEL + PANEL_GAP);
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">%n", width, height, width, height);
    svg.append(STYLE);
    add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>%n", width, height);
    text(LEFT, 22, "text title", "start", title);
    legend();
    panel(0, "input of in_proj", LayerDistributions::inProjInput);
    panel(1, "input of out_proj", LayerDistributions::outProjInput);
    panel(2, "weights of in_proj", LayerDistributions::inProjWeight);
    panel(3, "weights of out_proj", LayerDistributions::outProjWeight);
    return svg.append("</svg>\n").toString();
  }

  private void legend() {
    add("<rect class=\"before\" x=\"%d\" y=\"33\" width=\"10\" height=\"12\"/>%n", LEFT);
    text(LEFT + 15, 44, "text", "start", "before rotation");
    add("<rect class=\"after\" x=\"%d\" y=\"33\" width=\"10\" height=\"12\"/>%n", LEFT + 120);
    text(LEFT + 135, 44, "text", "start", "after rotation");
    add("<rect class=\"grid\" x=\"%d\" y=\"33\" width=\"10\" height=\"12\"/>%n", LEFT + 230);
    text(LEFT + 245, 44, "text", "start", "what the integers tell apart in a typical group");
  }

  private void panel(int index, String name, Function<LayerDistributions, Distribution> part) {
    int top = TOP + index * (PANEL + PANEL_GAP) + 18;
    double most =
        Stream.concat(before.stream(), after.stream()).map(part).mapToDouble(d -> Math.max(d.most(), d.gridHigh())).max().orElseThrow();
    int upper = most > 0 ? Math.getExponent(most) + 1 : 0;
    double least =
        Stream.concat(before.stream(), after.stream()).map(part).mapToDouble(d -> Math.min(d.low(), d.gridLow())).min().orElseThrow();
    int lower = Math.max(upper - OCTAVES, least > 0 ? Math.getExponent(least) : upper - OCTAVES);
    Axis axis = new Axis(top, lower, Math.max(upper, lower + 1));
    text(LEFT, top - 6, "text", "start", name + ", magnitude");
    int step = (axis.upper - axis.lower + 9) / 10;
    for (int power = axis.lower; power <= axis.upper; power += step) {
      double y = axis.y(Math.scalb(1.0, power));
      add("<line class=\"line\" x1=\"%d\" y1=\"%.2f\" x2=\"%d\" y2=\"%.2f\"/>%n", LEFT, y, width - RIGHT, y);
      text(LEFT - 6, y + 4, "text", "end", "2^" + power);
    }
    add("<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n", LEFT, top + PANEL, width - RIGHT, top + PANEL);
    for (int layer = 0; layer < before.size(); layer++) {
      double middle = LEFT + pitch * (layer + 0.5);
      box("before", name, layer, middle - BOX - 1, axis, part.apply(before.get(layer)));
      box("after", name, layer, middle + 1, axis, part.apply(after.get(layer)));
      text(middle, top + PANEL + 15, "text", "middle", Integer.toString(layer));
    }
    text(width - RIGHT, top + PANEL + 30, "text", "end", "layer");
  }

  private record Axis(int top, int lower, int upper) {
    double y(double value) {
      double power = value > 0 ? Math.log(value) / Math.log(2) : lower;
      double part = (Math.max(lower, Math.min(upper, power)) - lower) / (upper - lower);
      return top + PANEL * (1 - part);
    }
  }

  private void box(String kind, String name, int layer, double x, Axis axis, Distribution d) {
    double gridTop = axis.y(d.gridHigh());
    double center = x + BOX / 2.0;
    add("<g data-kind=\"%s\" data-layer=\"%d\" data-tensor=\"%s\">", kind, layer, name);
    add(
        "<title>%s, layer %d, %s rotation: 1 %% %.3g, 25 %% %.3g, 50 %% %.3g, 75 %% %.3g, 99 %% %.3g, largest %.3g; integers %.3g to %.3g</title>",
        name, layer, kind, d.low(), d.lowerQuartile(), d.median(), d.upperQuartile(), d.high(), d.most(), d.gridLow(), d.gridHigh());
    rect("grid", x - 2, gridTop, BOX + 4, axis.y(d.gridLow()) - gridTop);
    line(kind, center, axis.y(d.upperQuartile()), center, axis.y(d.high()));
    line(kind, center, axis.y(d.lowerQuartile()), center, axis.y(d.low()));
    line(kind, x + 2, axis.y(d.high()), x + BOX - 2, axis.y(d.high()));
    line(kind, x + 2, axis.y(d.low()), x + BOX - 2, axis.y(d.low()));
    double boxTop = axis.y(d.upperQuartile());
    rect(kind, x, boxTop, BOX, axis.y(d.lowerQuartile()) - boxTop);
    line(kind, x, axis.y(d.median()), x + BOX, axis.y(d.median()));
    add("<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"2\"/></g>%n", kind, center, axis.y(d.most()));
  }

  private void rect(String kind, double x, double y, double boxWidth, double boxHeight) {
    add("<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", kind, x, y, boxWidth, boxHeight);
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    add("<line class=\"%s\" x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"/>", kind, x1, y1, x2, y2);
  }

  private void text(double x, double y, String kind, String anchor, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    add("<text class=\"%s\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">%s</text>%n", kind, x, y, anchor, escaped);
  }

  private void add(String format, Object... values) {
    // The line separator of the platform would make the bytes depend on it.
    svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
  }
}
