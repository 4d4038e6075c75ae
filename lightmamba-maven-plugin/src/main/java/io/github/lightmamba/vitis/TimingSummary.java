package io.github.lightmamba.vitis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The timing summary after routing. The slack of kernel clocks is against the frequency that was asked for, also where
 * the clock was lowered afterwards.
 *
 * @param file where it was read from
 * @param tool for example {@code Vivado v.2023.2}
 * @param device for example {@code xcu280-fsvh2892}
 * @param wns worst negative slack in ns; negative where a path is too slow
 * @param tns sum of negative slacks in ns
 * @param failingEndpoints endpoints with negative slack
 * @param whs worst hold slack in ns
 * @param wpws worst pulse width slack in ns
 * @param met whether the report says that all constraints are met
 * @param clocks by name, in the order of the report
 */
public record TimingSummary(
    Path file,
    String tool,
    String device,
    OptionalDouble wns,
    OptionalDouble tns,
    OptionalLong failingEndpoints,
    OptionalDouble whs,
    OptionalDouble wpws,
    boolean met,
    List<Clock> clocks) {
  private static final int HEAD_BYTES = 16 << 20;

  /**
   * A clock.
   *
   * @param name its name
   * @param periodNs its period in ns
   * @param megahertz its frequency
   * @param wns the worst slack inside its domain; nothing, if it has no paths
   */
  public record Clock(String name, OptionalDouble periodNs, OptionalDouble megahertz, OptionalDouble wns) {}

  /**
   * Finds the report of a link. Its name depends on the platform
   * ({@code impl_1_hw_bb_locked_timing_summary_routed.rpt},
   * {@code impl_1_vitis_design_wrapper_timing_summary_routed.rpt}); one from after post-route optimisation counts more.
   *
   * @param folder the reports of the link
   * @return nothing, if there is none, or no such folder
   */
  public static Optional<Path> find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains("timing_summary"))
          .filter(file -> file.toString().endsWith("routed.rpt") || file.toString().endsWith("physopted.rpt"))
          .max(
              Comparator.comparing((Path file) -> file.toString().endsWith("physopted.rpt"))
                  .thenComparing(Comparator.reverseOrder()));
    } catch (IOException | UncheckedIOException e) {
      throw ReportText.unreadable(folder, "it cannot be searched (" + e + ").", e);
    }
  }

  /**
   * Reads a report.
   *
   * @throws io.github.lightmamba.error.LightMambaException
   *     {@link io.github.lightmamba.error.ErrorCode#REPORT_UNREADABLE} if it is missing or has no design summary
   */
  public static TimingSummary read(Path file) {
    ReportText text = ReportText.head(file, HEAD_BYTES);
    int start = text.find("| Design Timing Summary", 0);
    int names = start < 0 ? -1 : text.find("WNS(ns)", start);
    if (names < 0 || names > start + 8 || names + 2 >= text.lines().size()) {
      throw text.unreadable("it has no Design Timing Summary.");
    }
    Map<String, String> values = values(text, names);
    OptionalDouble wns = Figures.number(values.getOrDefault("WNS(ns)", ""));
    boolean met = text.find("All user specified timing constraints are met", names) >= 0;
    boolean missed = text.find("Timing constraints are not met", names) >= 0;
    if (met == missed) {
      throw text.unreadable("it does not say whether the timing constraints are met.");
    }
    return new TimingSummary(
        file,
        text.value("Tool Version"),
        text.value("Device"),
        wns,
        Figures.number(values.getOrDefault("TNS(ns)", "")),
        Figures.count(values.getOrDefault("TNS Failing Endpoints", "")),
        Figures.number(values.getOrDefault("WHS(ns)", "")),
        Figures.number(values.getOrDefault("WPWS(ns)", "")),
        met,
        clocks(text, names));
  }

  /** The one line of values below names that are parted by two spaces or more. */
  private static Map<String, String> values(ReportText text, int names) {
    String[] columns = text.lines().get(names).strip().split(" {2,}| (?=\\w+\\(ns\\))");
    int row = names + 1;
    while (row < text.lines().size()
        && (text.lines().get(row).isBlank() || TextTable.isRuler(text.lines().get(row)))) {
      row++;
    }
    String[] figures = row < text.lines().size() ? text.lines().get(row).strip().split(" +") : new String[0];
    if (columns.length != figures.length) {
      throw text.unreadable(
          "its design summary has " + columns.length + " names and " + figures.length + " values: "
              + Arrays.toString(figures).substring(0, Math.min(200, Arrays.toString(figures).length())) + ".");
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < columns.length; i++) {
      values.put(columns[i], figures[i]);
    }
    return values;
  }

  private static List<Clock> clocks(ReportText text, int from) {
    Map<String, OptionalDouble> slacks = new HashMap<>();
    for (Map<String, String> row : table(text, "| Intra Clock Table", from, true)) {
      slacks.put(row.getOrDefault("Clock", ""), Figures.number(row.getOrDefault("WNS(ns)", "")));
    }
    List<Clock> clocks = new ArrayList<>();
    for (Map<String, String> row : table(text, "| Clock Summary", from, false)) {
      String name = row.getOrDefault("Clock", "");
      clocks.add(
          new Clock(
              name,
              Figures.number(row.getOrDefault("Period(ns)", "")),
              Figures.number(row.getOrDefault("Frequency(MHz)", "")),
              slacks.getOrDefault(name, OptionalDouble.empty())));
    }
    return List.copyOf(clocks);
  }

  private static List<Map<String, String>> table(ReportText text, String title, int from, boolean right) {
    int start = text.find(title, from);
    if (start < 0) {
      return List.of();
    }
    for (int i = start + 1; i < Math.min(text.lines().size(), start + 12); i++) {
      boolean names = text.lines().get(i - 1).stripLeading().startsWith("Clock ");
      if (names && TextTable.isRuler(text.lines().get(i))) {
        return right ? TextTable.rightAligned(text.lines(), i) : TextTable.leftAligned(text.lines(), i);
      }
    }
    return List.of();
  }
}
