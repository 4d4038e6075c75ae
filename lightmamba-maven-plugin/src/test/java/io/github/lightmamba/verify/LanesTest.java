package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.kernel.GivenKernels;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Multiplier;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The numbers do not depend on how many token lanes there are, on how a prompt is cut into chunks, or on the slot of a
 * sequence, or on where the state is: every accelerator computes what the integer model computes token by token.
 */
class LanesTest {
  private static final int PROMPT = 11;
  private static final int GENERATED = 3;

  /** Lanes, cycles of a word, lanes of a cycle in DSPs, in UltraRAM, and what multiplies. */
  static List<Arguments> ways() {
    return List.of(
        Arguments.of(4, 2, 1, 0, Multiplier.PACKED),
        Arguments.of(4, 2, 2, 2, Multiplier.DOT_MODE),
        Arguments.of(4, 4, 1, 1, Multiplier.PACKED),
        Arguments.of(8, 2, 1, 2, Multiplier.DOT_MODE),
        Arguments.of(8, 2, 2, 0, Multiplier.PACKED),
        Arguments.of(8, 2, 3, 1, Multiplier.DOT_MODE),
        Arguments.of(8, 2, 4, 4, Multiplier.PACKED),
        Arguments.of(8, 4, 1, 2, Multiplier.PACKED),
        Arguments.of(8, 4, 2, 1, Multiplier.DOT_MODE),
        Arguments.of(8, 8, 1, 0, Multiplier.DOT_MODE),
        Arguments.of(8, 4, 2, 2, Multiplier.FABRIC));
  }

  /** To compile a program takes longer than to run it. */
  private static final List<String> QUICK = List.of("-O1");

  private static final String CONFIG = "hls/lightmamba_config.hpp";

  /** A program of one of the {@link #ways()}, and the configuration that it was made from. */
  private record Compiled(Path config, Future<Path> program) {}

  private static final Map<Design, Compiled> COMPILED = new HashMap<>();
  private static final ExecutorService COMPILERS = Executors.newFixedThreadPool(2);

  @TempDir static Path programs;
  @TempDir Path folder;

  private final List<CSimulation.Start> starts = new ArrayList<>();
  private ModelScalars scalars;

  /** Starts the compilers: they run beside the tests, since most of a program is one file and takes one core. */
  @BeforeAll
  static void compile() throws IOException {
    if (ProcessRunner.find("g++").isEmpty()) {
      return;
    }
    QuantizedModel model = quantized(Scheme.W8A8, 16);
    for (Arguments way : ways()) {
      Object[] a = way.get();
      Design design = design((int) a[0], (int) a[1], (int) a[2], (int) a[3], (Multiplier) a[4]);
      Path build = Files.createDirectory(programs.resolve(String.valueOf(COMPILED.size())));
      KernelFolder kernels = GivenKernels.write(model, design, build.resolve("kernels"));
      CSimulation simulation = new CSimulation(kernels, build);
      Future<Path> program = COMPILERS.submit(() -> simulation.compile(CppCompiler.find(null), QUICK));
      COMPILED.put(design, new Compiled(build.resolve("kernels").resolve(CONFIG), program));
    }
  }

  @AfterAll
  static void stopCompilers() {
    COMPILERS.shutdownNow();
  }

  private static Design design(int lanes, int wordCycles, int dspLanes, int uramLanes, Multiplier multiplier) {
    return new Design(3, lanes, wordCycles, dspLanes, uramLanes, 16, 8, 0, multiplier, 250);
  }

  /** Every scheme, in the design that the generator chooses. One program serves all: their kernels are the same. */
  @ParameterizedTest
  @CsvSource({
    "U280, 1, false", "U280, 4, true", "U280, 8, true", "U280, 8, false",
    "VCK190, 1, true", "VCK190, 4, false", "VCK190, 8, false", "VCK190, 8, true"
  })
  void everyLaneAndSlotComputesWhatOneTokenAtATimeDoes(Board board, int lanes, boolean stateInMemory) throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    Path sources = RoomyBoards.write(folder.resolve("sources"), !stateInMemory);
    Path program = null;
    Path config = null;
    for (Scheme scheme : Scheme.values()) {
      QuantizedModel model = quantized(scheme, 32);
      Path of = Files.createDirectory(folder.resolve(scheme.toString()));
      Path quantized = Files.createDirectory(of.resolve("quantized"));
      QuantizedModelFolder.write(quantized, model, scheme.toString());
      Path output = Files.createDirectory(of.resolve("kernels"));
      GenerateKernelsRequest request = new GenerateKernelsRequest(new Workspace(of), quantized, board, lanes, sources);
      new GenerateKernelsStage().run(request, output, Progress.SILENT);
      KernelFolder kernels = KernelFolder.of(output);
      assertThat(kernels.design().lanes()).isEqualTo(lanes);
      scalars = ModelScalars.of(model, kernels.design());
      assertThat(scalars.keptLayers()).isEqualTo(stateInMemory ? 0 : model.shape().layers());

      Path build = Files.createDirectory(of.resolve("build"));
      CSimulation simulation = new CSimulation(kernels, build);
      if (program == null) {
        program = simulation.compile(CppCompiler.find(null), QUICK);
        config = output.resolve(CONFIG);
      }
      assertThat(output.resolve(CONFIG)).hasSameTextualContentAs(config);
      starts.clear();
      run(simulation, program, kernels, model, build);
    }
  }

  /** Returns the model of a scheme; the head has 4 bits beside activations of 8 bits. */
  private static QuantizedModel quantized(Scheme scheme, int activationGroup) {
    return TinyModels.quantized(TinyModels.TIED, scheme, scheme == Scheme.W4A8 ? 4 : 8, activationGroup);
  }

  /**
   * Every way to make the lanes that the generator may propose, for every scheme. One program serves the schemes here
   * too.
   */
  @ParameterizedTest
  @MethodSource("ways")
  void everyWayToMakeTheLanesComputesTheSame(
      int lanes, int wordCycles, int dspLanes, int uramLanes, Multiplier multiplier) throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    Design design = design(lanes, wordCycles, dspLanes, uramLanes, multiplier);
    Compiled compiled = COMPILED.get(design);
    Path program = compiled.program.get();
    for (Scheme scheme : Scheme.values()) {
      QuantizedModel model = quantized(scheme, 16);
      scalars = ModelScalars.of(model, design);
      Path of = Files.createDirectory(folder.resolve(scheme.toString()));
      KernelFolder kernels = GivenKernels.write(model, design, of.resolve("kernels"));
      CSimulation simulation = new CSimulation(kernels, of);
      assertThat(of.resolve("kernels").resolve(CONFIG)).hasSameTextualContentAs(compiled.config);
      starts.clear();
      run(simulation, program, kernels, model, of);
    }
  }

  @ParameterizedTest
  @EnumSource(Board.class)
  void everyWayThatIsProposedIsTested(Board board) {
    BoardProfile profile = BoardProfile.read(board, AcceleratorSource.bundled());
    List<List<Object>> tested = ways().stream().map(way -> List.of(way.get()).subList(0, 3)).toList();
    for (SyntheticShape s : List.of(SyntheticShape.of("130m"), SyntheticShape.of("2.7b"))) {
      ModelShape shape =
          new ModelShape(
              s.hidden(), s.inner(), s.heads(), s.headDim(), s.state(), s.groups(), s.convKernel(), 1, false,
              s.layers(), s.vocabulary());
      for (int lanes : new int[] {1, 4, 8}) {
        for (int group : new int[] {8, 16, 32}) {
          for (Design design : Design.candidates(profile, shape, profile.units(), lanes, group)) {
            if (design.wordCycles() > 1) {
              assertThat(tested).contains(List.of(lanes, design.wordCycles(), design.dspLanes()));
            } else {
              assertThat(design.dspLanes()).isEqualTo(lanes);
            }
          }
        }
      }
    }
  }

  private void run(CSimulation simulation, Path program, KernelFolder kernels, QuantizedModel model, Path build)
      throws Exception {
    int lanes = kernels.design().lanes();
    List<ReferenceRun> references = new ArrayList<>();
    for (int sequence = 0; sequence < lanes; sequence++) {
      int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), 5 + sequence);
      references.add(ReferenceRun.of(new IntegerModel(model), prompt, GENERATED));
    }
    // Only slot 0 has its state on chip.
    oneSequence(references.get(0), scalars.keptLayers() > 0 ? 0 : lanes - 1);
    if (lanes > 1) {
      sideBySide(references.subList(0, lanes - 1));
    }
    simulation.run(program, kernels.images(), starts, Progress.SILENT);

    assertEqual(build, starts.subList(0, 3), lanes, references.subList(0, 1));
    if (lanes > 1) {
      assertEqual(build, starts.subList(3, 6), lanes, references.subList(0, lanes - 1));
    }
  }

  /** A prompt in two chunks, neither of which fills the lanes, and what follows. */
  private void oneSequence(ReferenceRun reference, int slot) {
    int cut = 5;
    int[] prompt = reference.prompt();
    int[] tail = Arrays.copyOfRange(prompt, cut, PROMPT);
    starts.add(new CSimulation.Start("head", scalars, false, true, 1, slot, Arrays.copyOf(prompt, cut), cut));
    starts.add(new CSimulation.Start("tail", scalars, false, false, 1, slot, tail, tail.length));
    int[] first = {reference.generated()[0]};
    starts.add(new CSimulation.Start("decode", scalars, true, false, 1, slot, first, GENERATED));
  }

  /** Several sequences at once, one lane stays idle. */
  private void sideBySide(List<ReferenceRun> references) {
    int sequences = references.size();
    int cut = 4;
    starts.add(new CSimulation.Start("heads", scalars, false, true, sequences, 0, fed(references, 0, cut), cut));
    int rest = PROMPT - cut;
    starts.add(new CSimulation.Start("tails", scalars, false, false, sequences, 0, fed(references, cut, rest), rest));
    int[] first = references.stream().mapToInt(reference -> reference.generated()[0]).toArray();
    starts.add(new CSimulation.Start("decodes", scalars, true, false, sequences, 0, first, GENERATED));
  }

  /** Returns the ids of every sequence, position by position. */
  private static int[] fed(List<ReferenceRun> references, int from, int count) {
    int[] ids = new int[count * references.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = references.get(i % references.size()).prompt()[from + i / references.size()];
    }
    return ids;
  }

  private static void assertEqual(
      Path build, List<CSimulation.Start> starts, int lanes, List<ReferenceRun> references) throws Exception {
    TraceComparison comparison = new TraceComparison(references);
    int position = 0;
    for (CSimulation.Start start : starts) {
      LanePlan plan = start.plan(lanes);
      comparison.trace(build.resolve(start.name() + CSimulation.TRACE), plan, position);
      comparison.tokens(build.resolve(start.name() + CSimulation.TOKENS), plan, position);
      position += start.tokens();
    }
    assertThat(comparison.first()).isEmpty();
    assertThat(comparison.compared()).isPositive();
  }
}
