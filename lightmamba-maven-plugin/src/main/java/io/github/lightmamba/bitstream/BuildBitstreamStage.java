package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.ledger.Ledger;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Makes {@code <board>/3-bitstream}. */
public final class BuildBitstreamStage implements Stage<BitstreamRequest> {
  /** The image of the SD card in the stage's folder; only of boards that start from one. */
  public static final String SD_CARD = PackageStep.CARD;

  /** Above this share of the device a design is hard to route; {@link Design#SHARE_MAX}. */
  private static final double FULL_PERCENT = 100 * Design.SHARE_MAX;

  private static final double ALL_PERCENT = 100;

  /** Raised with each change of what is taken for good, so that a build of before is judged again; in no step's key. */
  private static final int JUDGEMENT = 1;

  /** Makes the stage. */
  public BuildBitstreamStage() {}

  /**
   * Returns the name of the bitstream in the stage's folder.
   *
   * @param board the board's name
   */
  public static String bitstream(String board) {
    return "lightmamba-" + board + ".xclbin";
  }

  @Override
  public String goal() {
    return "build-bitstream";
  }

  @Override
  public Path folder(BitstreamRequest request) {
    return request.workspace().bitstream(request.board().name());
  }

  /** Not the images and not the checkpoint: one bitstream serves every checkpoint of an architecture. */
  @Override
  public Inputs inputs(BitstreamRequest request, FileDigests digests) {
    refuseStandIn(request, request.tools().standIn()); // Before what an earlier test left may be up to date.
    Manifest.require(request.kernels(), "generate-kernels", "run the goal generate-kernels.");
    BuildOptions options = request.options();
    GeneratedKernels kernels = GeneratedKernels.read(request.kernels());
    Inputs.Builder inputs =
        Inputs.builder()
            .identity("board", request.board().name())
            .digest("generated files", kernels.digest(digests))
            .identity("target", options.target())
            .value("Vitis", request.tools().version())
            .identity("platform", request.tools().platform().name())
            .digest("platform content", request.tools().platformDigest(digests))
            .identity("clock in MHz", request.megahertz(kernels))
            .value("strategies", String.join(" ", options.strategies()))
            .value("options", words(options.vppOptions().link()))
            .value("options of compilations", words(options.vppOptions().compile()))
            .value("options of packaging", words(options.vppOptions().packaging()))
            .value("timing policy", options.timingPolicy())
            .value("judgement", JUDGEMENT)
            .digest("promised intervals", request.contract().map(Sha256::of).orElse(Sha256.of("")));
    OptionFiles.of(options.vppOptions().all()).forEach((name, file) -> inputs.file(name, file, digests));
    request.tools().options().commands().ifPresent(file -> inputs.file("vitisCommands", file, digests));
    if (request.board().sdCard()) {
      inputs.value("DFX platform", request.tools().dfx());
      options.rootfs().ifPresent(file -> inputs.file("rootfs", file, digests));
      options.kernelImage().ifPresent(file -> inputs.file("kernel image", file, digests));
      options.sdFiles().forEach(file -> inputs.file("on the card: " + file.getFileName(), file, digests));
    }
    return inputs.build();
  }

  @Override
  public Outcome run(BitstreamRequest request, Path output, Progress progress) throws IOException {
    new Preflight(request).check(progress);
    BuildPlan plan = BuildPlan.of(request);
    Figures figures = new Figures(request, plan);
    List<Manifest> steps = new ArrayList<>(new Compilation(request, plan, progress).run());
    List<BitstreamReport.Kernel> kernels = figures.kernels(progress);
    SynthesisJudgement.require(request, plan.kernels(), kernels, progress); // Not after hours of a link.
    LinkSearch search = new LinkSearch(request, plan, progress);
    LinkSearch.Linked linked = search.run(key(request, steps));
    steps.add(linked.manifest());
    PackageStep pack = plan.pack(linked.step());
    steps.add(JudgedStep.run(request.steps(), request.step(), pack));
    BitstreamReport report = figures.report(linked, pack, kernels, search.tried(), steps, progress);
    refuseStandIn(request, report.standIn());
    collect(request, linked, pack, output);
    Json.write(output.resolve(Workspace.REPORT), report);
    note(request, plan, report, progress);
    return verdict(request, report, progress);
  }

  private static String words(List<String> vppOptions) {
    return StepStage.line(OptionFiles.withoutPaths(vppOptions));
  }

  private static void refuseStandIn(BitstreamRequest request, boolean standIn) {
    if (standIn && !request.options().standInAccepted()) {
      throw new LightMambaException(
          ErrorCode.XCLBIN_STAND_IN,
          "Where Vitis should be is the stand-in of the plugin's own tests, which builds nothing.",
          "check vitisHome, XILINX_VITIS and the PATH.");
    }
  }

  /** Hours of work do not fail because of a note. */
  private static void note(BitstreamRequest request, BuildPlan plan, BitstreamReport report, Progress progress) {
    if (request.ledger().isPresent()) {
      try {
        Ledger.note(request.ledger().get(), LedgerRows.of(request, plan, report), progress);
      } catch (IOException e) {
        progress.warn("the figures of this build are not noted in the ledger (" + e + ")");
      }
    }
  }

  /** What all links of this build have in common. */
  private static String key(BitstreamRequest request, List<Manifest> compiled) {
    List<String> parts = new ArrayList<>(compiled.stream().map(Manifest::fingerprint).toList());
    parts.add(request.tools().version() + " " + request.tools().platform().name());
    parts.addAll(OptionFiles.withoutPaths(request.options().vppOptions().link()));
    return Sha256.of(String.join("\n", parts));
  }

  private static void collect(BitstreamRequest request, LinkSearch.Linked linked, PackageStep pack, Path output)
      throws IOException {
    StepRequest step = request.step();
    Path packed = step.folder(pack);
    StepFiles.copy(packed.resolve(PackageStep.PRODUCT), output.resolve(bitstream(request.board().name())));
    for (Path file : StepFiles.below(packed, path -> kept(packed, path))) {
      StepFiles.copy(file, output.resolve(packed.relativize(file).toString()));
    }
    Path link = step.folder(linked.step());
    for (Path file : StepFiles.below(link.resolve(Step.REPORTS), path -> true)) {
      StepFiles.copy(file, output.resolve(link.relativize(file).toString()));
    }
  }

  private static boolean kept(Path packed, Path file) {
    String name = packed.relativize(file).toString().replace('\\', '/');
    return name.equals(PackageStep.CARD) || name.equals("BOOT.BIN") || name.startsWith("emulation/");
  }

  private static boolean missed(Double slackNs) {
    return slackNs != null && slackNs < 0;
  }

  /** Returns the shares of resources by name, those of the regions with the region's name before it. */
  private static Map<String, Double> shares(BitstreamReport report) {
    Map<String, Double> shares = new LinkedHashMap<>();
    report.utilisation().forEach((name, used) -> shares.put(name, used.percent()));
    report.regions()
        .forEach((region, uses) -> uses.forEach((name, used) -> shares.put(region + " " + name, used.percent())));
    shares.values().removeIf(Objects::isNull);
    return shares;
  }

  private static void full(Map<String, Double> shares, Progress progress) {
    shares.forEach(
        (name, percent) -> {
          if (percent > FULL_PERCENT) {
            progress.warn(
                String.format(
                    Locale.ROOT, "%.1f %% of %s are used; a design above %.0f %% is a matter of luck with the next"
                        + " change", percent, name, FULL_PERCENT));
          }
        });
  }

  /** Returns what no report tells of a build for the hardware, in words. */
  private static List<String> untold(BitstreamRequest request, BitstreamReport report) {
    List<String> untold = new ArrayList<>();
    if (request.options().target() != BuildTarget.HW) {
      return untold;
    }
    if (report.timing() == null || report.timing().wnsNs() == null) {
      untold.add("the slack");
    }
    if (report.utilisation().isEmpty()) {
      untold.add("the use of the device");
    }
    return untold;
  }

  private static Outcome verdict(BitstreamRequest request, BitstreamReport report, Progress progress) {
    List<String> untold = untold(request, report);
    if (!untold.isEmpty()) {
      return Outcome.bad(
          new LightMambaException(
              ErrorCode.BUILD_REJECTED,
              "No report tells " + String.join(" and ", untold)
                  + ": the build is not judged, so it is not taken for good.",
              "look for the reports in 3-bitstream.steps; if this Vitis gives them other names or forms, report it as a"
                  + " bug. The link is kept."));
    }
    Map<String, Double> shares = shares(report);
    for (Map.Entry<String, Double> share : shares.entrySet()) {
      if (share.getValue() > ALL_PERCENT) {
        return Outcome.bad(
            new LightMambaException(
                ErrorCode.BUILD_REJECTED,
                String.format(
                    Locale.ROOT, "The reports say that %.1f %% of %s are used: more than there are.", share.getValue(),
                    share.getKey()),
                "compare reports and platform in 3-bitstream; use fewer units or lanes."));
      }
    }
    full(shares, progress);
    BitstreamReport.Clock clock = report.clock();
    BitstreamReport.Timing timing = report.timing();
    if (timing != null && missed(timing.whsNs())) { // v++ can be told to let it pass.
      return Outcome.bad(
          new LightMambaException(
              ErrorCode.BUILD_TIMING,
              "A hold constraint is missed by " + -timing.whsNs() + " ns: the design fails at every clock.",
              "link with another strategy, and without options that let hold violations pass."));
    }
    if (timing != null && missed(timing.wpwsNs())) {
      return Outcome.bad(
          new LightMambaException(
              ErrorCode.BUILD_TIMING,
              "A pulse width constraint is missed by " + -timing.wpwsNs() + " ns: a clock is faster than a block of the"
                  + " device that it drives can be.",
              "look at the timing summary in 3-bitstream; ask for a lower clock (-Dlightmamba.frequencyMhz), and link"
                  + " without options that let such violations pass."));
    }
    if (clock.violated()) {
      return Outcome.bad(
          new LightMambaException(
              ErrorCode.BUILD_TIMING,
              String.format(
                  Locale.ROOT, "The paths of the kernels of the %s allow %.1f MHz (%s), but their clock is faster, not"
                      + " lowered to that; %d were asked for.",
                  request.board().title(), clock.reachedMhz(), clock.source(), clock.askedMhz()),
              "ask for less (-Dlightmamba.frequencyMhz=" + (int) clock.reachedMhz()
                  + "), or add strategies; do not use this bitstream: it computes wrongly, whatever timingPolicy is."));
    }
    if (clock.met()) {
      progress.info(
          String.format(
              Locale.ROOT, "%s: %.0f MHz, strategy %s, Vitis %s", request.board().title(), clock.reachedMhz(),
              clock.strategy(), report.vitis()));
      return Outcome.GOOD;
    }
    double share = clock.reachedMhz() / clock.askedMhz();
    String missed =
        String.format(
            Locale.ROOT, "The kernels of the %s run at %.1f MHz, %d were asked for", request.board().title(),
            clock.reachedMhz(), clock.askedMhz());
    TimingPolicy policy = request.options().timingPolicy();
    boolean lowest =
        policy == TimingPolicy.LOWER
            && clock.reachedMhz() + AchievedClock.TOLERANCE_MHZ < LinkSearch.LOWEST * clock.askedMhz();
    if (policy != TimingPolicy.FAIL && !lowest) {
      progress.warn(
          missed
              + String.format(
                  Locale.ROOT, "; what is bound by computing falls to %.0f %% of its estimate", 100 * share)
              + newEstimate(request.throughput(), clock));
      return Outcome.GOOD;
    }
    return Outcome.bad(
        new LightMambaException(
            ErrorCode.BUILD_TIMING,
            missed + ", with " + report.attempts().size() + " attempts"
                + (lowest ? "; less than half of it is not taken." : "."),
            "ask for less (-Dlightmamba.frequencyMhz=" + (int) clock.reachedMhz()
                + "), add strategies, or set timingPolicy to " + (lowest ? "warn." : "lower or warn.")));
  }

  /** Returns what the model now reaches instead, if that can be estimated. */
  private static String newEstimate(Throughput throughput, BitstreamReport.Clock clock) {
    Map<String, Double> before = throughput.at(clock.askedMhz());
    Map<String, Double> now = new LinkedHashMap<>(throughput.at((int) clock.reachedMhz()));
    StringBuilder text = new StringBuilder();
    now.keySet().retainAll(before.keySet());
    now.forEach(
        (unit, value) ->
            text.append(
                String.format(
                    Locale.ROOT, "; estimated now: %.1f %s instead of %.1f", value, unit, before.get(unit))));
    return text.toString();
  }
}
