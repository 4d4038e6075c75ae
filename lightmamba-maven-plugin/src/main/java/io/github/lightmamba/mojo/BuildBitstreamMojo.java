package io.github.lightmamba.mojo;

import io.github.lightmamba.bitstream.BitstreamRequest;
import io.github.lightmamba.bitstream.BoardLinux;
import io.github.lightmamba.bitstream.BuildBitstreamStage;
import io.github.lightmamba.bitstream.BuildOptions;
import io.github.lightmamba.bitstream.BuildPlan;
import io.github.lightmamba.bitstream.BuildTarget;
import io.github.lightmamba.bitstream.BuildTools;
import io.github.lightmamba.bitstream.Machine;
import io.github.lightmamba.bitstream.TimingPolicy;
import io.github.lightmamba.bitstream.ToolOptions;
import io.github.lightmamba.bitstream.VppOptions;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.estimate.EstimateRequest;
import io.github.lightmamba.estimate.Estimator;
import io.github.lightmamba.estimate.Figures;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.Scheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.project.MavenProjectHelper;

/**
 * Builds the bitstream of a board with AMD Vitis, into {@code <board>/3-bitstream}, and attaches it to the project:
 * type {@code xclbin}, classifier the board; for the VCK190 the SD card image too. The kernels are brought up to date
 * first. Takes hours; what is done is kept, so that a build that was ended goes on where it was.
 *
 * @since 0.1.0
 */
@Mojo(name = "build-bitstream", defaultPhase = LifecyclePhase.PACKAGE, requiresProject = false, threadSafe = true)
public final class BuildBitstreamMojo extends AbstractLightMambaMojo {
  /** Set by the plugin's own tests, which have a stand-in in the place of Vitis; what it makes configures no device. */
  private static final String STAND_IN = "io.github.lightmamba.standin";

  private static final int MINUTES_MOST = 100_000;
  private static final int JOBS_MOST = 64;
  private static final int JOBS_USUAL = 8;

  private final MavenProjectHelper attachments;

  /** Made by Maven. */
  @Inject
  public BuildBitstreamMojo(MavenProjectHelper attachments) {
    this.attachments = attachments;
  }

  @Override
  void run(Workspace workspace, StageRunner runner) {
    Board onto = ParameterCheck.choice("board", board, Board.class);
    BuildOptions options = options();
    requireQuantized(workspace);
    AcceleratorSource sources = acceleratorSources();
    BoardProfile profile = BoardProfile.read(onto, sources);
    BuildTools tools = tools(profile);
    generateKernels(workspace, onto, runner);
    Optional<byte[]> contract =
        sources.list().contains("timing.json") ? Optional.of(sources.read("timing.json")) : Optional.empty();
    BitstreamRequest request =
        new BitstreamRequest(
            workspace, profile, contract, options, tools, executor(), cached(runner), cacheFolder(),
            megahertz -> throughput(workspace, profile, sources, megahertz), Machine.here());
    if (dryRun) {
      BuildPlan.of(request).lines().forEach(getLog()::info);
      return;
    }
    runner.run(new BuildBitstreamStage(), request);
    attach(workspace, onto, options.target());
  }

  /** What the quantized model would reach with the kernels at a clock; estimated. */
  private Map<String, Double> throughput(
      Workspace workspace, BoardProfile profile, AcceleratorSource sources, int megahertz) {
    try (QuantizedModelFolder quantized = QuantizedModelFolder.open(workspace.quantized())) {
      QuantizedModel model = quantized.model();
      int group = model.layers().get(0).inProj().group();
      EstimateRequest request =
          new EstimateRequest(
              profile,
              model.shape(),
              ParameterCheck.choice("scheme", quantized.scheme(), Scheme.class),
              quantized.headBits(),
              group == model.layers().get(0).outProj().group() ? group : 0,
              model.activationGroup(),
              ParameterCheck.oneOf("lanes", lanes, 8, 4, 1, 0),
              megahertz,
              StateLayout.widths(model));
      Figures figures = new Estimator(sources).estimate(request);
      double rate = figures.decode().tokensPerSecond();
      Map<String, Double> throughput = new LinkedHashMap<>();
      throughput.put("tokens/s", rate);
      throughput.put("GB/s", figures.memory().bytesPerToken() * rate / 1e9);
      return throughput;
    } catch (RuntimeException e) { // A build of hours does not end because of a note.
      getLog().warn("tokens/s and GB/s are not noted in the ledger: " + e.getMessage());
      return Map.of();
    }
  }

  private BuildOptions options() {
    for (String strategy : strategies) {
      if (!strategy.matches("\\w{1,80}")) {
        throw ParameterCheck.invalid("strategies", strategy, "names of strategies, parted by commas", "default");
      }
    }
    int parallel = ParameterCheck.integer("jobs", jobs, 0, JOBS_MOST, 0);
    int half = Math.max(1, Math.min(JOBS_USUAL, executor().processors() / 2));
    int clock = ParameterCheck.integer("frequencyMhz", frequencyMhz, 0, 1000, 0);
    if (clock > 0 && clock < 50) {
      throw ParameterCheck.invalid("frequencyMhz", frequencyMhz, "0 or a whole number from 50 to 1000", "0");
    }
    List<String> words = vppOptions == null ? List.of() : vppOptions;
    VppOptions.foreign(words)
        .ifPresent(
            word -> {
              throw ParameterCheck.invalid("vppOptions", word, VppOptions.FORM, "compile:-g");
            });
    BoardLinux linux = boardLinux();
    return new BuildOptions(
        ParameterCheck.choice("buildTarget", buildTarget, BuildTarget.class),
        clock,
        strategies.isEmpty() ? List.of(BuildOptions.DEFAULT_STRATEGY) : strategies,
        parallel == 0 ? half : parallel,
        Duration.ofMinutes(ParameterCheck.integer("timeout", timeout, 1, MINUTES_MOST, 1440)),
        ParameterCheck.integer("retries", retries, 0, 100, 2),
        Duration.ofMinutes(1),
        VppOptions.of(words),
        linux.sysroot(),
        linux.rootfs(),
        linux.kernelImage(),
        cardFiles(),
        ParameterCheck.choice("timingPolicy", timingPolicy, TimingPolicy.class),
        "accepted".equals(session.getUserProperties().getProperty(STAND_IN, System.getProperty(STAND_IN))));
  }

  private List<Path> cardFiles() {
    Set<String> names = new HashSet<>();
    List<Path> files = new ArrayList<>();
    for (File file : sdFiles == null ? List.<File>of() : sdFiles) {
      files.add(ParameterCheck.file("sdFiles", file, "files for the SD card"));
      if (!names.add(file.getName())) {
        throw ParameterCheck.invalid("sdFiles", file.getName(), "files of different names", "runner");
      }
    }
    return files;
  }

  private BuildTools tools(BoardProfile profile) {
    ToolOptions said = toolOptions();
    try {
      return BuildTools.find(profile, vitisSearch(profile), said, executor());
    } catch (LightMambaException e) {
      boolean absent = e.code() == ErrorCode.VITIS_MISSING || e.code() == ErrorCode.PLATFORM_MISSING;
      if (!dryRun || !absent) {
        throw e;
      }
      BuildTools planned = BuildTools.planned(profile, said);
      getLog().warn(e.getMessage() + " The commands are those of Vitis " + planned.version() + ".");
      return planned;
    }
  }

  /**
   * Also when nothing had to be done: another build may want to deploy it. An emulation has classifiers of its own, so
   * that nobody gets one for the card.
   */
  private void attach(Workspace workspace, Board onto, BuildTarget target) {
    if (project == null || project.getFile() == null) {
      return;
    }
    Path folder = workspace.bitstream(onto.toString());
    String classifier = target == BuildTarget.HW ? onto.toString() : onto + "-" + target;
    attachments.attachArtifact(
        project, "xclbin", classifier, folder.resolve(BuildBitstreamStage.bitstream(onto.toString())).toFile());
    attachments.attachArtifact(project, "json", classifier + "-report", folder.resolve(Workspace.REPORT).toFile());
    Path card = folder.resolve(BuildBitstreamStage.SD_CARD);
    if (Files.exists(card)) {
      attachments.attachArtifact(project, "img", classifier + "-sd", card.toFile());
    }
  }
}
