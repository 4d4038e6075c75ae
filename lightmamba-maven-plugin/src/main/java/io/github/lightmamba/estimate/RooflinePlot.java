package io.github.lightmamba.estimate;

import java.util.Locale;

/**
 * Multiplications a second over multiplications a byte of weight memory, both logarithmic, under the roofs of the
 * board.
 */
final class RooflinePlot {
  private static final int WIDTH = 680;
  private static final int HEIGHT = 420;
  private static final int LEFT = 80;
  private static final int BOTTOM = 60;
  private static final int TOP = 50;
  private static final int RIGHT = 30;
  private static final double LEAST_X = 0.5;
  private static final double MOST_X = 64;
  private static final double DECADES = 4;

  private final double most;
  private final Svg svg;

  private RooflinePlot(double most, String title) {
    this.most = most;
    this.svg = new Svg(WIDTH, HEIGHT, title);
  }

  static String of(Figures figures, double peakMacs) {
    double sustained = figures.memory().sustainedGigabytesPerSecond() * 1e9;
    RooflinePlot plot =
        new RooflinePlot(
            peakMacs * 3, figures.board() + ", " + figures.scheme() + ": roofline, estimated");
    plot.axes();
    plot.roofs(sustained, peakMacs);
    double macs = figures.compute().macsPerToken();
    double intensity = macs / figures.memory().bytesPerToken();
    plot.point("decode", intensity, macs * figures.decode().tokensPerSecond(), false);
    if (figures.sequences() != null) {
      int count = figures.sequences().count();
      plot.point(count + " sequences", intensity * count, macs * figures.sequences().tokensPerSecond(),
          false);
    }
    // A prompt has logits once, at its end.
    double head = (double) figures.model().vocabulary() * figures.model().width();
    double prefill = (macs - head) * figures.prefill().tokensPerSecond();
    plot.point("prefill", intensity * figures.lanes(), prefill, true);
    return plot.svg.toString();
  }

  private double x(double intensity) {
    double share = Math.log(intensity / LEAST_X) / Math.log(MOST_X / LEAST_X);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double rate) {
    double share = 1 + Math.log10(rate / most) / DECADES;
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private void axes() {
    double floor = HEIGHT - BOTTOM;
    svg.line(LEFT, floor, WIDTH - RIGHT, floor, "axis").line(LEFT, TOP, LEFT, floor, "axis");
    for (double tick = LEAST_X; tick <= MOST_X; tick *= 2) {
      svg.text(x(tick), floor + 18, "middle", tick < 1 ? "0.5" : String.valueOf((int) tick));
    }
    svg.text((LEFT + WIDTH) / 2.0, HEIGHT - 14, "middle", "multiplications a byte of memory traffic");
    for (int decade = 9; decade <= 16; decade++) {
      double rate = Math.pow(10, decade);
      if (rate <= most && rate >= most / Math.pow(10, DECADES)) {
        svg.line(LEFT, y(rate), WIDTH - RIGHT, y(rate), "line");
        svg.text(LEFT - 8, y(rate) + 4, "end", "1e" + decade + "/s");
      }
    }
  }

  private void roofs(double bytes, double macs) {
    double ridge = Math.min(MOST_X, macs / bytes);
    svg.line(x(LEAST_X), y(bytes * LEAST_X), x(ridge), y(bytes * ridge), "roof");
    svg.line(x(ridge), y(macs), x(MOST_X), y(macs), "roof");
    svg.text(x(MOST_X), y(macs) - 8, "end", String.format(Locale.ROOT, "multipliers %.1f T/s", macs / 1e12));
    svg.text(
        x(LEAST_X) + 8, y(bytes * LEAST_X) + 28, "start", String.format(Locale.ROOT, "memory %.1f GB/s", bytes / 1e9));
  }

  private void point(String name, double intensity, double rate, boolean above) {
    double at = Math.min(MOST_X, intensity);
    svg.dot(x(at), y(rate));
    svg.text(x(at) + (above ? -8 : 8), y(rate) + (above ? -8 : 16), above ? "end" : "start", name);
  }
}
