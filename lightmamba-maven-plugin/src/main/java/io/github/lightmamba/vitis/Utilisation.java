package io.github.lightmamba.vitis;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resources after placement or routing: {@code *full_util_routed.rpt}, {@code *kernel_util_routed.rpt} or
 * {@code *slr_util_*.rpt}.
 *
 * @param file where it was read from
 * @param device as printed
 * @param total by site type, as Vivado names it
 * @param regions by super logic region ({@code SLR0}), then by site type; empty on a device without them
 * @param kernels by row of the table per kernel ({@code User Budget}, {@code Used Resources}, a kernel, an instance),
 *     then by column ({@code LUT}, {@code REG}, {@code BRAM}, {@code URAM}, {@code DSP}); empty in other reports
 */
public record Utilisation(
    Path file,
    String device,
    Map<String, Use> total,
    Map<String, Map<String, Use>> regions,
    Map<String, Map<String, Use>> kernels) {
  private static final int MAX_BYTES = 16 << 20;
  private static final Pattern REGION = Pattern.compile("SLR\\d");
  private static final Pattern CELL = Pattern.compile("([\\d.]{1,15})(?: *\\[ *<?([\\d.]{1,10})%? *\\])?");

  /**
   * How much of something is used.
   *
   * @param used a number; block RAM may be a half
   * @param available on the device or in the region
   * @param percent of what is available
   */
  public record Use(double used, OptionalDouble available, OptionalDouble percent) {}

  /**
   * Reads a report.
   *
   * @throws io.github.lightmamba.error.LightMambaException
   *     {@link io.github.lightmamba.error.ErrorCode#REPORT_UNREADABLE} if it is missing or holds no table of resources
   */
  public static Utilisation read(Path file) {
    ReportText text = ReportText.head(file, MAX_BYTES);
    Map<String, Use> total = new LinkedHashMap<>();
    Map<String, Map<String, Use>> regions = new TreeMap<>();
    Map<String, Map<String, Use>> kernels = new LinkedHashMap<>();
    for (PipeTable table : PipeTable.all(text.lines())) {
      if (table.column("Site Type") == 0 && table.column("Used") > 0) {
        table.rows().forEach(row -> total(table, row, total));
      } else if (table.column("Site Type") == 0) {
        table.rows().forEach(row -> regions(table, row, regions));
      } else if (table.column("Name") == 0 && table.column("LUT") > 0) {
        table.rows().forEach(row -> kernels(table, row, kernels));
      }
    }
    if (total.isEmpty() && regions.isEmpty() && kernels.isEmpty()) {
      throw text.unreadable("it holds no table of resources.");
    }
    return new Utilisation(file, text.value("Device"), total, regions, kernels);
  }

  /** Returns look-up tables. */
  public Optional<Use> lut() {
    return first("CLB LUTs", "Slice LUTs");
  }

  /** Returns flip-flops. */
  public Optional<Use> ff() {
    return first("CLB Registers", "Registers", "Slice Registers");
  }

  /** Returns block RAM in blocks of 36 Kb, halves included. */
  public Optional<Use> bram36() {
    return first("Block RAM Tile", "RAMB36");
  }

  /** Returns UltraRAM. */
  public Optional<Use> uram() {
    return first("URAM");
  }

  /** Returns DSP slices. */
  public Optional<Use> dsp() {
    return first("DSPs", "DSP Slices");
  }

  private Optional<Use> first(String... names) {
    return List.of(names).stream().filter(total::containsKey).findFirst().map(total::get);
  }

  private static void total(PipeTable table, List<String> row, Map<String, Use> total) {
    OptionalDouble used = cell(table, row, "Used");
    if (used.isPresent()) {
      Use use = new Use(used.getAsDouble(), cell(table, row, "Available"), cell(table, row, "Util%"));
      total.putIfAbsent(plain(row.get(0)), use);
    }
  }

  private static void regions(PipeTable table, List<String> row, Map<String, Map<String, Use>> regions) {
    for (String column : table.columns()) {
      if (REGION.matcher(column).matches()) {
        OptionalDouble used = cell(table, row, column);
        if (used.isPresent()) {
          Use use = new Use(used.getAsDouble(), OptionalDouble.empty(), cell(table, row, column + " %"));
          regions.computeIfAbsent(column, name -> new LinkedHashMap<>()).putIfAbsent(plain(row.get(0)), use);
        }
      }
    }
  }

  private static void kernels(PipeTable table, List<String> row, Map<String, Map<String, Use>> kernels) {
    Map<String, Use> uses = new LinkedHashMap<>();
    for (int i = 1; i < row.size(); i++) {
      Matcher matcher = CELL.matcher(row.get(i));
      if (matcher.matches()) {
        OptionalDouble percent =
            matcher.group(2) == null ? OptionalDouble.empty() : Figures.number(matcher.group(2));
        OptionalDouble used = Figures.number(matcher.group(1));
        if (used.isPresent()) {
          uses.put(table.columns().get(i), new Use(used.getAsDouble(), OptionalDouble.empty(), percent));
        }
      }
    }
    kernels.putIfAbsent(row.get(0).strip(), uses);
  }

  private static OptionalDouble cell(PipeTable table, List<String> row, String column) {
    int index = table.column(column);
    return index < 0 ? OptionalDouble.empty() : Figures.number(row.get(index));
  }

  /** A star refers to a footnote. */
  private static String plain(String name) {
    return name.endsWith("*") ? name.substring(0, name.length() - 1).strip() : name;
  }
}
