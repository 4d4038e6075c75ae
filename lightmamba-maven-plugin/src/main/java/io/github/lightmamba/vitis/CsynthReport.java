package io.github.lightmamba.vitis;

import io.github.lightmamba.xml.XmlElement;
import io.github.lightmamba.xml.XmlException;
import io.github.lightmamba.xml.XmlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A synthesis report: {@code csynth.xml}, the aggregate over all modules, or {@code <module>_csynth.xml}, one module.
 *
 * @param file where it was read from
 * @param version of the tool, as printed
 * @param part the device
 * @param targetPeriodNs the clock period asked for
 * @param uncertaintyNs what of it is kept for routing
 * @param module the top of the aggregate, or the one module
 * @param modules all modules of the aggregate; empty in the report of one module
 */
public record CsynthReport(
    Path file,
    String version,
    String part,
    OptionalDouble targetPeriodNs,
    OptionalDouble uncertaintyNs,
    CsynthModule module,
    List<CsynthModule> modules) {
  private static final int MAX_BYTES = 32 << 20;
  private static final String SUFFIX = "_csynth.xml";

  /**
   * Reads a report.
   *
   * @param file {@code csynth.xml} or {@code <module>_csynth.xml}
   * @throws io.github.lightmamba.error.LightMambaException
   *     {@link io.github.lightmamba.error.ErrorCode#REPORT_UNREADABLE} if it is missing or no such report
   */
  public static CsynthReport read(Path file) {
    byte[] bytes = ReportText.whole(file, MAX_BYTES);
    try {
      XmlElement root = XmlReader.read(bytes);
      if (!root.name().equals("profile")) {
        throw ReportText.unreadable(file, "its root is not profile.", null);
      }
      return of(file, root);
    } catch (XmlException e) {
      throw ReportText.unreadable(file, "it is no XML (" + e.getMessage() + ").", e);
    }
  }

  /** Returns whether this is the aggregate over all modules. */
  public boolean aggregate() {
    return !modules.isEmpty();
  }

  private static CsynthReport of(Path file, XmlElement root) {
    List<CsynthModule> modules =
        root.find("ModuleInformation").map(found -> found.all("Module")).orElse(List.of()).stream()
            .map(module -> module(module.textOf("Name").orElse(""), module, false))
            .toList();
    XmlElement empty = root.find("UserAssignments").orElse(root);
    String fileName = String.valueOf(file.getFileName());
    boolean single = fileName.endsWith(SUFFIX);
    // TopModelName is the kernel in every file; the module is told by the file's name only.
    String name =
        single
            ? fileName.substring(0, fileName.length() - SUFFIX.length())
            : empty.textOf("TopModelName").orElse("");
    return new CsynthReport(
        file,
        root.textOf("ReportVersion", "Version").orElse(""),
        empty.textOf("Part").orElse(""),
        number(empty, "TargetClockPeriod"),
        number(empty, "ClockUncertainty"),
        module(name, root, single),
        modules);
  }

  private static CsynthModule module(String name, XmlElement element, boolean withInterval) {
    XmlElement performance = element.find("PerformanceEstimates").orElse(element);
    XmlElement latency = performance.find("SummaryOfOverallLatency").orElse(performance);
    Optional<CycleRange> best = range(latency, "Best-caseLatency");
    Optional<CycleRange> worst = range(latency, "Worst-caseLatency");
    return new CsynthModule(
        name,
        performance
            .find("SummaryOfTimingAnalysis")
            .map(timing -> number(timing, "EstimatedClockPeriod"))
            .orElse(OptionalDouble.empty()),
        performance.textOf("PipelineType").orElse(""),
        spanned(best, worst),
        withInterval ? spanned(range(latency, "Interval-min"), range(latency, "Interval-max")) : Optional.empty(),
        performance.find("SummaryOfLoopLatency").map(CsynthReport::loops).orElse(List.of()),
        element.find("AreaEstimates", "Resources").map(CsynthReport::area).orElse(Area.UNKNOWN),
        element.find("AreaEstimates", "AvailableResources").map(CsynthReport::area).orElse(Area.UNKNOWN));
  }

  private static Optional<CycleRange> spanned(Optional<CycleRange> low, Optional<CycleRange> high) {
    return low.isPresent() && high.isPresent()
        ? Optional.of(new CycleRange(low.get().low(), high.get().high()))
        : Optional.empty();
  }

  /** The tags of loops are their labels, so what is a loop shows in what it holds. */
  private static List<CsynthLoop> loops(XmlElement parent) {
    List<CsynthLoop> loops = new ArrayList<>();
    for (XmlElement element : parent.children()) {
      boolean loop =
          element.find("TripCount").isPresent()
              || element.find("PipelineII").isPresent()
              || element.find("IterationLatency").isPresent();
      if (loop) {
        OptionalLong depth = count(element, "PipelineDepth");
        loops.add(
            new CsynthLoop(
                element.textOf("Name").orElse(element.name()),
                range(element, "TripCount"),
                range(element, "Latency"),
                count(element, "PipelineII"),
                depth.isPresent() ? depth : count(element, "IterationLatency"),
                loops(element)));
      }
    }
    return List.copyOf(loops);
  }

  private static Area area(XmlElement element) {
    OptionalLong dsp = count(element, "DSP");
    return new Area(
        count(element, "LUT"),
        count(element, "FF"),
        dsp.isPresent() ? dsp : count(element, "DSP48E"),
        count(element, "BRAM_18K"),
        count(element, "URAM"));
  }

  /** A range stands as {@code 1 ~ 4}, or as {@code <range><min>1</min><max>4</max></range>}. */
  private static Optional<CycleRange> range(XmlElement parent, String name) {
    Optional<XmlElement> limits = parent.find(name, "range");
    if (limits.isPresent()) {
      return spanned(range(limits.get(), "min"), range(limits.get(), "max"));
    }
    return parent.textOf(name).flatMap(CycleRange::parse);
  }

  private static OptionalLong count(XmlElement parent, String name) {
    return parent.textOf(name).map(Figures::count).orElse(OptionalLong.empty());
  }

  private static OptionalDouble number(XmlElement parent, String name) {
    return parent.textOf(name).map(Figures::number).orElse(OptionalDouble.empty());
  }
}
