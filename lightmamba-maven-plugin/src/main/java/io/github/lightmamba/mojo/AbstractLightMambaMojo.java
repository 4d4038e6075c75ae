package io.github.lightmamba.mojo;

import io.github.lightmamba.bitstream.BoardLinux;
import io.github.lightmamba.bitstream.Executor;
import io.github.lightmamba.bitstream.LocalExecutor;
import io.github.lightmamba.bitstream.Machine;
import io.github.lightmamba.bitstream.ToolOptions;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.ResultCache;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.vitis.VitisSearch;
import java.io.File;
import java.nio.file.Path;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/**
 * The parameters that all goals share, and the way from them to a stage.
 *
 * <p>Every goal takes every parameter, so that one {@code <configuration>} of the plugin serves all of them; each goal
 * checks those that it uses.
 */
abstract class AbstractLightMambaMojo extends BitstreamParameters {
  static final int MAX_WINDOWS = 1_000_000;
  static final int MAX_TOKENS = 1_000_000;
  static final int MAX_GIBIBYTES = 1_000_000;

  /**
   * The folder of the checkpoint: {@code config.json} of Hugging Face transformers or of state-spaces with {@code
   * model.safetensors}, its shards and their index, or {@code pytorch_model.bin}; or {@code params.json} and {@code
   * consolidated.safetensors} of Codestral Mamba. Used by {@code quantize} and {@code evaluate}, which cannot do
   * without, and by {@code estimate}, which needs the configuration only.
   *
   * <p>Example: {@code <checkpoint>${project.basedir}/model</checkpoint>}
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.checkpoint")
  File checkpoint;

  /**
   * A {@code tokenizer.json}, for a checkpoint that has none (those of state-spaces), or instead of its own. Default:
   * the
   * one in {@code checkpoint}. Used by {@code quantize}, which keeps a copy for the other goals.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.tokenizer")
  File tokenizer;

  /**
   * Bits of weights and activations. Allowed: {@code w4a4}, {@code w4a8}, {@code w8a8}. Used by {@code quantize} and
   * {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.scheme", defaultValue = "w4a4")
  String scheme;

  /**
   * Bits of the LM head's weights. Allowed: {@code 8}, {@code 4}. Used by {@code quantize} and {@code
   * estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.headBits", defaultValue = "8")
  String headBits;

  /**
   * How weights are rounded. Allowed: {@code gptq}, with error feedback on the rotated inputs of the calibration text,
   * which 4 bits need, and {@code rtn}, to nearest, which takes a fraction of the time. Used by {@code quantize}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.method", defaultValue = "gptq")
  String method;

  /**
   * Weights that share a scale. Allowed: {@code 8}, {@code 16}, {@code 32}, {@code 64}, {@code 128}, if it divides the
   * width of every matrix, and {@code 0}: 128 where it divides, else 64, else the largest power of two that divides.
   * Used
   * by {@code quantize} and {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.groupSize", defaultValue = "0")
  String groupSize;

  /**
   * Activations that share an exponent. Allowed: {@code 8}, {@code 16}, {@code 32}. Used by {@code quantize} and
   * {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.activationGroup", defaultValue = "16")
  String activationGroup;

  /**
   * What happens to a width of which no Hadamard matrix is known. Allowed: {@code auto}, it is rotated in blocks, with
   * a
   * warning; {@code strict}, it is refused. Used by {@code quantize}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.rotation", defaultValue = "auto")
  String rotation;

  /**
   * The board. Allowed: {@code u280}, {@code vck190}, and {@code u55c}, which is not promised. Used by {@code
   * generate-kernels}, {@code build-bitstream}, {@code verify} and {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.board", defaultValue = "u280")
  String board;

  /**
   * Token lanes T of the accelerator: tokens of a prompt, or sequences, that share each weight. Allowed: {@code 8},
   * {@code 4}, {@code 1}, and {@code 0}: the fastest prefill that fits. With {@code 1} most room is left to the hidden
   * state, and decode is fastest. Used by {@code generate-kernels} and {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.lanes", defaultValue = "0")
  String lanes;

  /**
   * Whether {@code estimate} searches units, lanes, activation group, state on chip and clock under the board's
   * resources, and prints the designs that no other one beats. That takes minutes. Used by {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.explore", defaultValue = "false")
  boolean explore;

  /**
   * A text file in UTF-8 from which binary points and scales are learned. Used by {@code quantize} and {@code
   * evaluate}, which cannot do without.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.calibrationText")
  File calibrationText;

  /**
   * A text file in UTF-8 on which perplexity is measured; it shares no window of 256 tokens with {@code
   * calibrationText}. {@code quantize} and {@code evaluate} cannot do without; {@code verify} takes its prompt from it.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.evaluationText")
  File evaluationText;

  /**
   * Windows of {@code evaluationText} on which perplexity is measured, from 1; for {@code quantize} also 0, then it is
   * not measured. Used by {@code quantize} and {@code evaluate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.windows", defaultValue = "24")
  String windows;

  /**
   * Tokens of such a window, from 2. Used by {@code quantize} and {@code evaluate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.windowTokens", defaultValue = "512")
  String windowTokens;

  /**
   * What {@code verify} runs the kernels on. Allowed: {@code csim}, the C simulation with the machine's C++ compiler.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.target", defaultValue = "csim")
  String target;

  /**
   * The text that {@code verify} gives the model. Default: the first 64 tokens of {@code evaluationText}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.prompt")
  String prompt;

  /**
   * Tokens that {@code verify} generates after the prompt, from 1.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.tokens", defaultValue = "32")
  String tokens;

  /**
   * The folder for everything that the goals make. Default: {@code lightmamba} in the build directory of the POM;
   * without a POM {@code target/lightmamba} in the current folder.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.workDirectory")
  File workDirectory;

  /**
   * The folder in which {@code quantize} and {@code build-bitstream} keep their results, so that {@code clean} does not
   * cost their time again, and modules with the same model quantize it once. Default: {@code lightmamba} in {@code XDG_CACHE_HOME}, if that is
   * set, else {@code ~/.cache/lightmamba}. {@code clean-cache} deletes them.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.cacheDirectory")
  File cacheDirectory;

  /**
   * GiB that {@code cacheDirectory} may have; what was not used for the longest time goes first. {@code 0}: nothing is
   * kept or taken.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.cacheSize", defaultValue = "20")
  String cacheSize;

  /**
   * A folder with the layout of {@code accelerator-src} that replaces the plugin's own accelerator sources. Used by
   * {@code generate-kernels} and {@code verify}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.acceleratorSource")
  File acceleratorSource;

  /**
   * Whether large files are read again to see whether they have changed, instead of trusting path, size, time and
   * inode.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.rehash", defaultValue = "false")
  boolean rehash;

  /**
   * Whether the goal does nothing.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.skip", defaultValue = "false")
  boolean skip;

  @Parameter(defaultValue = "${session}", readonly = true)
  MavenSession session;

  @Parameter(defaultValue = "${project}", readonly = true)
  MavenProject project;

  @Parameter(defaultValue = "${mojoExecution}", readonly = true)
  MojoExecution mojoExecution;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info(mojoExecution.getGoal() + ": skipped (lightmamba.skip)");
      return;
    }
    UserProperties.warnings(mojoExecution, session.getUserProperties()).forEach(getLog()::warn);
    try (ConsoleProgress progress = progress()) {
      Workspace workspace = workspace();
      FileDigests digests = new FileDigests(workspace.digestMemo(), rehash);
      run(workspace, new StageRunner(workspace, origin(), digests, progress));
    } catch (LightMambaException e) {
      if (e.code().blame() == ErrorCode.Blame.USER) {
        throw new MojoFailureException(e.getMessage(), e);
      }
      throw new MojoExecutionException(e.getMessage(), e);
    }
  }

  /**
   * Checks the goal's parameters and runs its stages.
   *
   * @param workspace the folders
   * @param runner runs a stage if its output is not up to date
   */
  abstract void run(Workspace workspace, StageRunner runner);

  /** Returns a runner that uses the cache of results, if there is to be one. */
  final StageRunner cached(StageRunner runner) {
    long bytes = (long) gibibytes() << 30;
    return cacheFolder().map(path -> runner.with(new ResultCache(path, bytes))).orElse(runner);
  }

  /** Returns the folder of the cache, if there is to be one. */
  final Optional<Path> cacheFolder() {
    if (gibibytes() == 0) {
      return Optional.empty();
    }
    Optional<Path> folder = CacheDirectory.of(cacheDirectory, System.getenv(), System.getProperty("user.home"));
    if (folder.isEmpty()) {
      getLog()
          .warn("there is no home folder for the cache of results; name a folder with -Dlightmamba.cacheDirectory");
    }
    return folder;
  }

  private int gibibytes() {
    return ParameterCheck.integer("cacheSize", cacheSize, 0, MAX_GIBIBYTES, 20);
  }

  /** Returns the accelerator sources that were asked for. */
  final AcceleratorSource acceleratorSources() {
    return acceleratorSource == null
        ? AcceleratorSource.bundled()
        : AcceleratorSource.of(acceleratorSource.toPath());
  }

  /** Returns where to look for the Vitis of a board. */
  final VitisSearch vitisSearch(BoardProfile profile) {
    Optional<Path> home =
        vitisHome == null ? VitisToolchain.find(session, profile.vitis()) : Optional.of(vitisHome.toPath());
    return new VitisSearch(home, System.getenv(), VitisSearch.ROOTS);
  }

  /** Returns where the steps of a build run; this is the only place that knows. */
  final Executor executor() {
    return new LocalExecutor(Machine.here());
  }

  /** Returns what was said of Vitis and platform. */
  final ToolOptions toolOptions() {
    return new ToolOptions(
        Optional.ofNullable(platform).filter(text -> !text.isBlank()),
        platformRepositories == null ? List.of() : platformRepositories.stream().map(File::toPath).toList(),
        Optional.ofNullable(vitisCommands).map(file -> ParameterCheck.file("vitisCommands", file, "commands of Vitis")),
        switch (dfx.trim()) {
          case "auto" -> Optional.empty();
          case "true" -> Optional.of(true);
          case "false" -> Optional.of(false);
          default -> throw ParameterCheck.invalid("dfx", dfx, "one of: auto, true, false", "auto");
        });
  }

  /** Returns the files of the board's Linux that were named, or that the vendor's common image has. */
  final BoardLinux boardLinux() {
    return BoardLinux.of(named(sysroot), named(rootfs), named(kernelImage), Machine.here());
  }

  private static Optional<Path> named(File file) {
    return Optional.ofNullable(file).map(path -> path.toPath().toAbsolutePath());
  }

  /** Fails with the command that makes the quantized model, if there is none. */
  final void requireQuantized(Workspace workspace) {
    Map<String, String> needed = new LinkedHashMap<>();
    if (checkpoint == null) {
      needed.put("checkpoint", "path/to/checkpoint");
    }
    if (calibrationText == null) {
      needed.put("calibrationText", "path/to/calibration.txt");
    }
    if (evaluationText == null) {
      needed.put("evaluationText", "path/to/heldout.txt");
    }
    CommandLine commands =
        new CommandLine(
            project, mojoExecution.getMojoDescriptor().getPluginDescriptor(), session.getUserProperties());
    Manifest.require(workspace.quantized(), "quantize", "run `" + commands.quantize(needed) + "`.");
  }

  /** Brings the kernels of a board up to date. */
  final void generateKernels(Workspace workspace, Board onto, StageRunner runner) {
    Path source = acceleratorSource == null ? null : acceleratorSource.toPath();
    runner.run(
        new GenerateKernelsStage(),
        new GenerateKernelsRequest(workspace, workspace.quantized(), onto, ParameterCheck.oneOf("lanes", lanes, 8, 4, 1, 0), source));
  }

  private Workspace workspace() {
    if (workDirectory != null && !workDirectory.getPath().isBlank()) {
      return new Workspace(workDirectory.toPath());
    }
    // Without a POM ${project.build.directory} is not resolved and would become a folder of that very name.
    boolean hasPom = project != null && project.getFile() != null;
    Path build =
        hasPom
            ? Path.of(project.getBuild().getDirectory())
            : Path.of(session.getExecutionRootDirectory()).resolve("target");
    return new Workspace(build.resolve("lightmamba"));
  }

  private Origin origin() {
    Date start = session.getRequest().getStartTime();
    // An embedding that gives no start time runs every goal as a session of its own.
    String id = start == null ? UUID.randomUUID().toString() : start.getTime() + "-" + ProcessHandle.current().pid();
    String of = project != null && project.getFile() != null
        ? " of " + project.getGroupId() + ":" + project.getArtifactId()
        : "";
    return new Origin(
        mojoExecution.getVersion(), id, mojoExecution.getGoal() + "@" + mojoExecution.getExecutionId() + of);
  }

  private ConsoleProgress progress() {
    boolean interactive =
        session.getRequest().isInteractiveMode()
            && System.console() != null
            && System.getenv("CI") == null
            && getLog().isInfoEnabled()
            && session.getRequest().getDegreeOfConcurrency() == 1; // Modules side by side would tear the line.
    Consumer<String> terminal =
        text -> {
          System.err.print(text);
          System.err.flush();
        };
    return new ConsoleProgress(getLog()::info, getLog()::warn, interactive ? terminal : null, System::nanoTime);
  }
}
