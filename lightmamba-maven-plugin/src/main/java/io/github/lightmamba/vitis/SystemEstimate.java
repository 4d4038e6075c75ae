package io.github.lightmamba.vitis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * {@code system_estimate_<name>.xtxt}: what Vitis estimates for each compute unit before placement.
 *
 * @param file where it was read from
 * @param version of the tool, as printed
 * @param design its name
 * @param targetClockMhz the clock asked for
 * @param timing frequency of each module
 * @param latency cycles of each module
 * @param area resources of each module
 */
public record SystemEstimate(
    Path file,
    String version,
    String design,
    OptionalDouble targetClockMhz,
    List<Timing> timing,
    List<Latency> latency,
    List<UnitArea> area) {
  private static final int MAX_BYTES = 16 << 20;

  /**
   * A module of a compute unit.
   *
   * @param unit the compute unit
   * @param kernel its kernel
   * @param module the module
   */
  public record Place(String unit, String kernel, String module) {}

  /**
   * Frequency.
   *
   * @param place the module
   * @param targetMhz asked for, after synthesis rounded the period: 300.300293 for 300
   * @param estimatedMhz estimated
   */
  public record Timing(Place place, OptionalDouble targetMhz, OptionalDouble estimatedMhz) {}

  /**
   * Cycles.
   *
   * @param place the module
   * @param interval cycles from one start to the next
   * @param best cycles in the best case
   * @param worst cycles in the worst case
   */
  public record Latency(
      Place place, Optional<CycleRange> interval, Optional<CycleRange> best, Optional<CycleRange> worst) {}

  /**
   * Resources.
   *
   * @param place the module
   * @param area what it takes
   */
  public record UnitArea(Place place, Area area) {}

  /**
   * Reads a report.
   *
   * @throws io.github.lightmamba.error.LightMambaException
   *     {@link io.github.lightmamba.error.ErrorCode#REPORT_UNREADABLE} if it is missing or has no table that is known
   */
  public static SystemEstimate read(Path file) {
    ReportText text = ReportText.head(file, MAX_BYTES);
    List<Timing> timing = new ArrayList<>();
    List<Latency> latency = new ArrayList<>();
    List<UnitArea> area = new ArrayList<>();
    boolean any = false;
    for (int i = 1; i < text.lines().size(); i++) {
      String names = text.lines().get(i - 1);
      if (TextTable.isRuler(text.lines().get(i)) && names.contains("Module Name")) {
        any = true;
        for (Map<String, String> row : TextTable.leftAligned(text.lines(), i)) {
          Place place = new Place(cell(row, "Compute Unit"), cell(row, "Kernel Name"), cell(row, "Module Name"));
          if (names.contains("Estimated Frequency")) {
            OptionalDouble target = Figures.number(cell(row, "Target Frequency"));
            timing.add(new Timing(place, target, Figures.number(cell(row, "Estimated Frequency"))));
          } else if (names.contains("Start Interval")) {
            latency.add(latency(place, row));
          } else if (names.contains("LUT")) {
            area.add(new UnitArea(place, area(row)));
          }
        }
      }
    }
    if (!any && text.find("Total number of kernels", 0) < 0) {
      throw text.unreadable("it is no system estimate: no table of modules.");
    }
    String clock = text.value("Target Clock").replace("MHz", "");
    return new SystemEstimate(
        file,
        text.value("Version"),
        text.value("Design Name"),
        Figures.number(clock),
        List.copyOf(timing),
        List.copyOf(latency),
        List.copyOf(area));
  }

  private static Latency latency(Place place, Map<String, String> row) {
    return new Latency(
        place,
        CycleRange.parse(cell(row, "Start Interval")),
        CycleRange.parse(cell(row, "Best (cycles)")),
        CycleRange.parse(cell(row, "Worst (cycles)")));
  }

  private static Area area(Map<String, String> row) {
    return new Area(count(row, "LUT"), count(row, "FF"), count(row, "DSP"), count(row, "BRAM"), count(row, "URAM"));
  }

  private static OptionalLong count(Map<String, String> row, String column) {
    return Figures.count(cell(row, column));
  }

  private static String cell(Map<String, String> row, String column) {
    return row.getOrDefault(column, "");
  }
}
