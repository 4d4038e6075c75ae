package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.Input;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.Area;
import io.github.lightmamba.vitis.CsynthLoop;
import io.github.lightmamba.vitis.CsynthModule;
import io.github.lightmamba.vitis.CsynthReport;
import io.github.lightmamba.vitis.CsynthReports;
import io.github.lightmamba.vitis.TimingSummary;
import io.github.lightmamba.vitis.Utilisation;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads what the steps left and makes the report of it. */
final class Figures {
  private static final double NANOSECONDS = 1000;

  private final BitstreamRequest request;
  private final BuildPlan plan;
  private final StepRequest step;

  Figures(BitstreamRequest request, BuildPlan plan) {
    this.request = request;
    this.plan = plan;
    this.step = request.step();
  }

  /** Returns the estimates of synthesis, with the loops that are not as promised. */
  List<BitstreamReport.Kernel> kernels(Progress progress) {
    Optional<IntervalContract> contract = request.contract().map(IntervalContract::read);
    List<String> names = new ArrayList<>(plan.kernels().kernels().keySet());
    List<BitstreamReport.Kernel> kernels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Path folder = step.folder(plan.compileSteps().get(i));
      CsynthReports reports;
      try {
        reports = CsynthReports.read(folder.resolve(Step.REPORTS));
      } catch (LightMambaException e) {
        progress.warn(names.get(i) + ": the intervals of its loops are not checked. " + e.getMessage());
        reports = new CsynthReports(Optional.empty(), Map.of());
      }
      kernels.add(kernel(names.get(i), reports, contract, progress));
    }
    return kernels;
  }

  private static BitstreamReport.Kernel kernel(
      String name, CsynthReports reports, Optional<IntervalContract> contract, Progress progress) {
    Optional<CsynthModule> top =
        Optional.ofNullable(reports.modules().get(name)).or(reports::aggregate).map(CsynthReport::module);
    List<IntervalContract.Deviation> deviations = contract.map(c -> c.deviations(name, reports)).orElse(List.of());
    List<String> slower =
        deviations.stream()
            .filter(d -> d.synthesised().isPresent())
            .map(d -> d.loop() + " (" + d.synthesised().getAsLong() + " cycles, promised " + d.promised() + ")")
            .toList();
    List<String> unknown =
        deviations.stream().filter(d -> d.synthesised().isEmpty()).map(IntervalContract.Deviation::loop).toList();
    if (!unknown.isEmpty()) {
      progress.warn(
          name + ": no report of synthesis tells the interval of " + unknown.size() + " loops of timing.json, for"
              + " example " + unknown.get(0));
    }
    Map<String, Long> intervals = new TreeMap<>();
    reports.modules().values().forEach(report -> intervals(report.module().loops(), intervals));
    OptionalDouble period = top.map(CsynthModule::estimatedPeriodNs).orElse(OptionalDouble.empty());
    return new BitstreamReport.Kernel(
        name,
        period.isPresent() && period.getAsDouble() > 0 ? NANOSECONDS / period.getAsDouble() : null,
        top.map(module -> area(module.area())).orElse(Map.of()),
        top.map(module -> area(module.available())).orElse(Map.of()),
        intervals,
        slower,
        unknown,
        ParsedReports.ESTIMATED);
  }

  private static void intervals(List<CsynthLoop> loops, Map<String, Long> intervals) {
    for (CsynthLoop loop : loops) {
      loop.interval().ifPresent(interval -> intervals.merge(loop.name(), interval, Math::max));
      intervals(loop.inner(), intervals);
    }
  }

  private static Map<String, Long> area(Area area) {
    Map<String, Long> all = new LinkedHashMap<>();
    put(all, "lut", area.lut());
    put(all, "ff", area.ff());
    put(all, "dsp", area.dsp());
    put(all, "bram18k", area.bram18k());
    put(all, "uram", area.uram());
    return all;
  }

  private static void put(Map<String, Long> all, String name, OptionalLong value) {
    value.ifPresent(number -> all.put(name, number));
  }

  /** Returns the report of a build whose steps have all run. */
  BitstreamReport report(
      LinkSearch.Linked linked,
      PackageStep pack,
      List<BitstreamReport.Kernel> kernels,
      List<LinkSearch.Tried> tried,
      List<Manifest> manifests,
      Progress progress)
      throws IOException {
    Xclbin xclbin = Xclbin.read(step.folder(pack).resolve(PackageStep.PRODUCT));
    Path reports = step.folder(linked.step()).resolve(Step.REPORTS);
    Optional<Utilisation> used = utilisation(reports, "full_util_routed.rpt");
    Optional<Utilisation> byKernel = utilisation(reports, "kernel_util_routed.rpt");
    int asked = request.megahertz(plan.kernels());
    AchievedClock reached = linked.clock();
    boolean met = reached.meets(asked);
    List<BitstreamReport.StepKey> keys = new ArrayList<>();
    List<Path> folders = new ArrayList<>(plan.compileSteps().stream().map(step::folder).toList());
    folders.add(step.folder(linked.step()));
    folders.add(step.folder(pack));
    boolean standIn = xclbin.standIn();
    for (int i = 0; i < manifests.size(); i++) {
      StepRecord record = Json.read(folders.get(i).resolve(StepRecord.FILE), StepRecord.class);
      standIn |= record.standIn();
      keys.add(
          new BitstreamReport.StepKey(
              record.step(),
              record.place(),
              record.seconds(),
              manifests.get(i).fingerprint(),
              inputs(manifests.get(i).inputs()),
              record.commands()));
    }
    return new BitstreamReport(
        request.board().name(),
        request.options().target().toString(),
        standIn,
        request.tools().version(),
        request.tools().platform().name(),
        xclbin.header().uuid().toString(),
        xclbin.header().interfaceUuid().toString(),
        new BitstreamReport.Clock(
            asked, reached.megahertz(), reached.source(), linked.attempt().strategy(), met, reached.violated()),
        timing(reports),
        used.map(Figures::resources).orElse(Map.of()),
        used.map(u -> uses(u.regions())).orElse(Map.of()),
        byKernel.map(u -> uses(u.kernels())).orElse(Map.of()),
        kernels,
        tried,
        ParsedReports.read(folders, progress),
        keys,
        files());
  }

  private Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("xclbin", BuildBitstreamStage.bitstream(request.board().name()));
    if (request.board().sdCard()) {
      files.put("sd card image", PackageStep.CARD);
    }
    return files;
  }

  private static Map<String, String> inputs(Map<String, Input> inputs) {
    Map<String, String> all = new LinkedHashMap<>();
    inputs.forEach((name, input) -> all.put(name, input.value() == null ? input.sha256() : input.value()));
    return all;
  }

  private static BitstreamReport.Timing timing(Path reports) {
    return TimingSummary.find(reports)
        .flatMap(file -> readable(file, TimingSummary::read))
        .map(
            summary ->
                new BitstreamReport.Timing(
                    value(summary.wns()),
                    value(summary.tns()),
                    value(summary.whs()),
                    value(summary.wpws()),
                    summary.failingEndpoints().isPresent() ? summary.failingEndpoints().getAsLong() : null,
                    ParsedReports.ROUTED))
        .orElse(null);
  }

  private static Optional<Utilisation> utilisation(Path reports, String name) throws IOException {
    return StepFiles.below(reports, file -> file.getFileName().toString().endsWith(name)).stream()
        .findFirst()
        .flatMap(file -> readable(file, Utilisation::read));
  }

  /** An unknown form tells nothing here; {@link ParsedReports} warns of it, and the verdict says if it counts. */
  private static <T> Optional<T> readable(Path file, Function<Path, T> reader) {
    try {
      return Optional.of(reader.apply(file));
    } catch (LightMambaException e) {
      return Optional.empty();
    }
  }

  private static Map<String, BitstreamReport.Used> resources(Utilisation used) {
    Map<String, BitstreamReport.Used> all = new LinkedHashMap<>();
    used.lut().ifPresent(use -> all.put("lut", used(use)));
    used.ff().ifPresent(use -> all.put("ff", used(use)));
    used.dsp().ifPresent(use -> all.put("dsp", used(use)));
    used.bram36().ifPresent(use -> all.put("bram36", used(use)));
    used.uram().ifPresent(use -> all.put("uram", used(use)));
    return all;
  }

  private static Map<String, Map<String, BitstreamReport.Used>> uses(
      Map<String, Map<String, Utilisation.Use>> table) {
    Map<String, Map<String, BitstreamReport.Used>> all = new LinkedHashMap<>();
    table.forEach(
        (region, uses) -> {
          Map<String, BitstreamReport.Used> one = new LinkedHashMap<>();
          uses.forEach((name, use) -> one.put(name, used(use)));
          all.put(region, one);
        });
    return all;
  }

  private static BitstreamReport.Used used(Utilisation.Use use) {
    return new BitstreamReport.Used(use.used(), value(use.available()), value(use.percent()));
  }

  private static Double value(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }
}
