package io.github.lightmamba.bitstream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.ResultCache;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.progress.TestTicker;
import io.github.lightmamba.standin.StandInInstallation;
import io.github.lightmamba.vitis.VitisSearch;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A build of small kernels with the stand-in, and what it said. */
final class TestBuild {
  final Path root;
  final Board board;
  final StandInInstallation standIn;
  final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  final Map<String, String> files;

  /** Is told each line at once. */
  Consumer<String> echo = line -> {};

  /** What is written to the terminal, if there is one, each time that the ticker is told to tick. */
  Optional<Consumer<String>> terminal = Optional.empty();

  final TestTicker ticker = new TestTicker();

  String workDirectory = "target";
  List<String> strategies = List.of(BuildOptions.DEFAULT_STRATEGY);
  TimingPolicy policy = TimingPolicy.FAIL;
  BuildTarget target = BuildTarget.HW;
  Duration timeout = Duration.ofMinutes(2);
  List<Path> sdFiles = List.of();
  List<String> vppOptions = List.of();
  int retries;
  int frequencyMhz;
  boolean accepted = true;
  boolean image = true;
  private boolean compiled;
  Optional<String> platform = Optional.empty();
  Optional<Path> commands = Optional.empty();
  Optional<Boolean> dfx = Optional.empty();
  Optional<String> contract = Optional.empty();
  UnaryOperator<Executor> executor = local -> local;
  Throughput throughput = Throughput.UNKNOWN;
  Machine machine;

  TestBuild(Path root, Board board, String version) throws IOException {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
    this.root = root;
    this.board = board;
    this.standIn = StandInInstallation.create(Files.createDirectories(root.resolve("tools")), VitisVersion.of(version));
    this.machine = TestMachine.good(Files.createDirectories(root.resolve("machine")));
    this.files = SmallKernels.files(board.toString());
    Files.writeString(root.resolve("rootfs.ext4"), "rootfs");
    Files.writeString(root.resolve("Image"), "kernel");
  }

  Workspace workspace() {
    return new Workspace(root.resolve(workDirectory));
  }

  Path folder() {
    return workspace().bitstream(board.toString());
  }

  Path steps() {
    return workspace().bitstreamSteps(board.toString());
  }

  Manifest run() throws IOException {
    generate();
    if (!compiled) {
      return runner().run(new BuildBitstreamStage(), request());
    }
    CompiledKernels.take(cache());
    try {
      return runner().run(new BuildBitstreamStage(), request());
    } finally {
      CompiledKernels.keep(cache());
    }
  }

  /** Returns a build whose compilations may be those of an earlier test: it is about what comes after them. */
  static TestBuild compiled(Path root, Board board, String version) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.compiled = true;
    return build;
  }

  private Path cache() {
    return root.resolve("cache");
  }

  /** Makes the kernels only. */
  void generate() {
    runner().run(new SmallKernels(), new SmallKernels.Request(workspace(), board.toString(), files));
  }

  BitstreamRequest request() {
    BoardProfile profile = BoardProfile.read(board, AcceleratorSource.bundled());
    VitisSearch search = new VitisSearch(Optional.of(standIn.root()), Map.of(), List.of());
    ToolOptions said = new ToolOptions(platform, List.of(standIn.platforms()), commands, dfx);
    Executor where = executor.apply(new LocalExecutor(machine));
    BuildTools tools = BuildTools.find(profile, search, said, where);
    Optional<Path> linux = image ? Optional.of(root) : Optional.empty();
    BuildOptions options =
        new BuildOptions(
            target, frequencyMhz, strategies, 2, timeout, retries, Duration.ofMillis(50), VppOptions.of(vppOptions),
            Optional.empty(),
            linux.map(folder -> folder.resolve("rootfs.ext4")), linux.map(folder -> folder.resolve("Image")), sdFiles,
            policy, accepted);
    return new BitstreamRequest(
        workspace(), profile, contract.map(text -> text.getBytes(StandardCharsets.UTF_8)), options, tools, where,
        runner().with(new ResultCache(cache(), 1L << 30)), Optional.of(cache()), throughput, machine);
  }

  private StageRunner runner() {
    Origin origin = new Origin("1", UUID.randomUUID().toString(), "build-bitstream@test");
    return new StageRunner(workspace(), origin, new FileDigests(workspace().digestMemo(), false), voice());
  }

  Progress voice() {
    return new ConsoleProgress(
        line -> {
          lines.add(line);
          echo.accept(line);
        },
        line -> lines.add("WARN " + line),
        terminal.orElse(null),
        System::nanoTime,
        ticker);
  }
}
