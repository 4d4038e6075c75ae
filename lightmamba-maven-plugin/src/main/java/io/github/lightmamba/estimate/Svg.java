package io.github.lightmamba.estimate;

import java.util.Locale;

/** The frame and the strokes of the pictures; for light and dark pages, and for readers who see no colours. */
final class Svg {
  private static final String STYLE =
      """
      <style>
      .page{fill:#ffffff}.text{fill:#222222;font:12px sans-serif}.title{font-size:15px;font-weight:bold}
      .axis{stroke:#999999;stroke-width:1}.line{stroke:#dddddd;stroke-width:1}
      .roof{fill:none;stroke:#1f5fae;stroke-width:2}
      .work{fill:#1f5fae}.wait{fill:#d9661f;fill-opacity:.7}.point{fill:#a8480c}
      @media (prefers-color-scheme:dark){
      .page{fill:#16191d}.text{fill:#e4e4e4}.axis{stroke:#888888}.line{stroke:#333840}.roof{stroke:#7fb4f5}
      .work{fill:#7fb4f5}.wait{fill:#f0904f}.point{fill:#ffb98a}}
      </style>
      """;

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;
  private final String title;

  Svg(int width, int height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
  }

  Svg line(double fromX, double fromY, double toX, double toY, String style) {
    return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", fromX, fromY, toX, toY, style);
  }

  Svg bar(double x, double y, double wide, double high, String style) {
    return add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>", x, y, Math.max(wide, 0.5), high,
        style);
  }

  Svg dot(double x, double y) {
    return add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" class=\"point\"/>", x, y);
  }

  Svg text(double x, double y, String anchor, String text) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" class=\"text\" text-anchor=\"%s\">%s</text>", x, y, anchor, escaped(text));
  }

  private Svg add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
            width, height, width, height)
        + "<title>" + escaped(title) + "</title>\n" + STYLE
        + "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
        + "<text x=\"20\" y=\"28\" class=\"text title\">" + escaped(title) + "</text>\n" + body + "</svg>\n";
  }
}
