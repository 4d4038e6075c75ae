package io.github.lightmamba.standin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Vivado's reports after routing. */
final class RoutedReports {
  private static final long INSTANCE_LUT = 7_500;

  private RoutedReports() {}

  /** The timing summary; the kernel clock is judged against what was asked for. */
  static String timing(PlatformModel platform, double askedMegahertz, double slack) {
    boolean met = slack >= 0;
    String head =
        "%n| Tool Version : Vivado v.2023.1 (lin64) Build 0, %s%n| Device       : %s%n%n"
            .formatted(StandIn.MARK, platform.device());
    String names =
        "    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints"
            + "      WHS(ns)      THS(ns)  THS Failing Endpoints  THS Total Endpoints"
            + "     WPWS(ns)     TPWS(ns)  TPWS Failing Endpoints  TPWS Total Endpoints  ";
    StringBuilder ruler = new StringBuilder();
    for (String name : names.split("(?<=\\S)(?=  )")) {
      String plain = name.strip();
      ruler.append(" ".repeat(name.length() - name.stripLeading().length())).append("-".repeat(plain.length()));
    }
    String values =
        String.format(
            Locale.ROOT,
            "%11.3f %12.3f %22d %20d %12.3f %12.3f %22d %20d %12.3f %12.3f %23d %21d",
            slack, met ? 0 : 37.5 * slack, met ? 0 : 84, 124_537, 0.01, 0.0, 0, 124_537, 0.5, 0.0, 0, 54_321);
    String verdict = met ? "All user specified timing constraints are met." : "Timing constraints are not met.";
    String clock =
        String.format(Locale.ROOT, "{0.000 %.3f}      %.3f           %.3f", 500 / askedMegahertz, 1000 / askedMegahertz,
            askedMegahertz);
    return head
        + title("Design Timing Summary")
        + names + "\n" + ruler + "\n" + values + "\n\n\n" + verdict + "\n\n\n"
        + title("Clock Summary")
        + "Clock                   Waveform(ns)       Period(ns)      Frequency(MHz)\n"
        + "-----                   ------------       ----------      --------------\n"
        + "clkwiz_kernel_clk_out1  " + clock + "\n\n\n"
        + title("Intra Clock Table")
        + "Clock                       WNS(ns)      TNS(ns)\n"
        + "-----                       -------      -------\n"
        + String.format(Locale.ROOT, "clkwiz_kernel_clk_out1  %11.3f %12.3f%n", slack, met ? 0 : 37.5 * slack);
  }

  private static String title(String text) {
    String rule = "-".repeat(96) + "\n";
    return rule + "| " + text + "\n| " + "-".repeat(text.length()) + "\n" + rule + "\n";
  }

  /** The utilisation of the whole device, with its regions where there are some. */
  static String utilisation(PlatformModel platform, int instances) {
    long[] area = platform.area();
    StringBuilder text = new StringBuilder("| Device       : " + platform.device() + "\n| " + StandIn.MARK + "\n\n");
    String border = "+------------------+----------+-------+------------+-----------+-------+\n";
    text.append("1. CLB Logic\n------------\n\n" + border);
    text.append("|    Site Type     |   Used   | Fixed | Prohibited | Available | Util% |\n" + border);
    text.append(row("CLB LUTs", 100_000 + 9_000L * instances, area[0]));
    text.append(row(platform.versal() ? "Registers" : "CLB Registers", 150_000 + 12_000L * instances, area[1]));
    text.append(row(platform.versal() ? "RAMB36" : "Block RAM Tile", 200 + 30L * instances, area[2]));
    text.append(row("URAM", 4L * instances, area[4]));
    text.append(row(platform.versal() ? "DSP Slices" : "DSPs", 4 + 64L * instances, area[3]) + border);
    if (platform.slrs() > 0) {
      String line = "+------------------+--------+--------+--------+--------+--------+--------+\n";
      text.append("\n14. SLR CLB Logic and Dedicated Block Utilization\n" + "-".repeat(49) + "\n\n" + line);
      text.append("|    Site Type     |  SLR0  |  SLR1  |  SLR2  | SLR0 % | SLR1 % | SLR2 % |\n" + line);
      text.append("| CLB LUTs         | %6d |      0 |      0 |  12.00 |   0.00 |   0.00 |\n"
          .formatted(100_000 + 9_000L * instances));
      text.append(line);
    }
    return text.toString();
  }

  /** The utilisation of kernels and their instances; synthesis had promised 9,000 LUT an instance. */
  static String kernels(PlatformModel platform, Map<String, KernelObject> instances) {
    String border = "+----------------------+-------------------+-------------------+-----------------+\n";
    StringBuilder text = new StringBuilder("| Device       : " + platform.device() + "\n| " + StandIn.MARK + "\n\n");
    text.append("1. System Utilization\n---------------------\n\n" + border);
    text.append("| Name                 | LUT               | REG               | DSP             |\n" + border);
    text.append(kernel("Platform", platform, 100_000, 150_000, 4));
    int all = instances.size();
    text.append(kernel("   Used Resources", platform, INSTANCE_LUT * all, 12_000L * all, 64L * all));
    for (KernelObject kernel : new LinkedHashSet<>(instances.values())) {
      List<String> own = new ArrayList<>(instances.keySet());
      own.removeIf(name -> instances.get(name) != kernel);
      int count = own.size();
      String name = kernel.name() + " (" + count + ")";
      text.append(kernel(name, platform, INSTANCE_LUT * count, 12_000L * count, 64L * count));
      own.forEach(one -> text.append(kernel("   " + one, platform, INSTANCE_LUT, 12_000, 64)));
    }
    return text.append(border).toString();
  }

  private static String kernel(String name, PlatformModel platform, long lut, long ff, long dsp) {
    long[] area = platform.area();
    return String.format(
        Locale.ROOT,
        "| %-20s | %8d [%5.2f%%] | %8d [%5.2f%%] | %6d [%5.2f%%] |%n",
        name, lut, 100.0 * lut / area[0], ff, 100.0 * ff / area[1], dsp, 100.0 * dsp / area[3]);
  }

  /** What was routed is never more than there is: larger designs are shown as one of seven tenths. */
  private static String row(String name, long wanted, long available) {
    long used = Math.min(wanted, available * 7 / 10);
    double percent = 100.0 * used / available;
    return "| %-16s | %8d |     0 |          0 | %9d | %5.2f |%n".formatted(name, used, available, percent);
  }
}
