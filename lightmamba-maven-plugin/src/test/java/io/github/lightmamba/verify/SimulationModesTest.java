package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.hls.Stages;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.GivenKernels;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.Multiplier;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole design in the modes of the simulation that show what plain C simulation does not. */
class SimulationModesTest {
  private static final int PROMPT = 5;
  private static final int GENERATED = 3;
  private static final int RSQRT_ENTRIES = 769;
  private static final int LANES = 4;

  @TempDir static Path shared;

  private static ReferenceRun reference;
  private static List<ReferenceRun> references;
  private static final int UNITS = 9;
  private static KernelFolder kernels;
  private static Path program;
  private static ModelScalars scalars;

  @TempDir Path folder;

  @BeforeAll
  static void compile() throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.quantized(TinyModels.GROUPS, Scheme.W4A4, 8, 16);
    // A word that stays two cycles, one lane of a cycle in DSPs, one in LUTs; the state of a layer on chip, of the
    // others in the memory.
    byte[][] firstLayer = {StateLayout.widths(model)[0]};
    int lines = Math.toIntExact(StateLayout.unitWords(model.shape(), UNITS, 0, firstLayer));
    Design design = new Design(UNITS, LANES, 2, 1, 1, 16, 8, lines, Multiplier.DOT_MODE, 250);
    assertThat(design.keptLayers(model)).isEqualTo(1).isLessThan(model.shape().layers());
    kernels = GivenKernels.write(model, design, shared.resolve("kernels"));
    scalars = ModelScalars.of(model, design);
    references = new ArrayList<>();
    for (int seed = 5; seed < 5 + LANES; seed++) {
      int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), seed);
      references.add(ReferenceRun.of(new IntegerModel(model), prompt, GENERATED));
    }
    reference = references.get(0);
    program = compile(shared.resolve("modes"), (file, text) -> text);
  }

  private static Path compile(Path folder, ModeKernels.Fault fault) throws IOException {
    KernelFolder copy = ModeKernels.copy(kernels, folder.resolve("sources"), fault);
    return new CSimulation(copy, folder)
        .compile(CppCompiler.find(null), ModeKernels.options());
  }

  /** Prefill and decode, all compared with the integer model. */
  private TraceComparison run(Path simulated, String... settings) throws IOException {
    return run(simulated, kernels.images(), settings);
  }

  private TraceComparison run(Path simulated, KernelFolder.Images images, String... settings) throws IOException {
    CSimulation simulation = new CSimulation(kernels, folder);
    CSimulation.Start prefill = CSimulation.Start.prefill("prefill", scalars, true, reference.prompt());
    CSimulation.Start decode = CSimulation.Start.decode("decode", scalars, reference.generated()[0], GENERATED);
    simulation.run(simulated, images, List.of(settings), List.of(prefill, decode), Progress.SILENT);
    TraceComparison comparison = new TraceComparison(reference);
    comparison.trace(folder.resolve("prefill" + CSimulation.TRACE), prefill.plan(LANES), 0);
    comparison.tokens(folder.resolve("prefill" + CSimulation.TOKENS), prefill.plan(LANES), 0);
    comparison.trace(folder.resolve("decode" + CSimulation.TRACE), decode.plan(LANES), PROMPT);
    comparison.tokens(folder.resolve("decode" + CSimulation.TOKENS), decode.plan(LANES), PROMPT);
    return comparison;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 150, Integer.MAX_VALUE})
  void theDesignRunsWithStalledPipelinesOfAnyDepth(int held) throws Exception {
    TraceComparison comparison = run(program, "seed 1", "held_iterations " + held);
    assertThat(comparison.first()).isEmpty();
    assertThat(comparison.compared()).isPositive();
  }

  /** A slot a sequence: their contexts and mantissas come one behind the other. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 150, Integer.MAX_VALUE})
  void sequencesSideBySideRunWithStalledPipelines(int held) throws Exception {
    TraceComparison comparison = sideBySide("seed 1", "held_iterations " + held);
    assertThat(comparison.first()).isEmpty();
    assertThat(comparison.compared()).isPositive();
  }

  private TraceComparison sideBySide(String... settings) throws IOException {
    int cut = 2;
    int rest = PROMPT - cut;
    int[] first = references.stream().mapToInt(one -> one.generated()[0]).toArray();
    List<CSimulation.Start> starts =
        List.of(
            new CSimulation.Start("heads", scalars, false, true, LANES, 0, fed(0, cut), cut),
            new CSimulation.Start("tails", scalars, false, false, LANES, 0, fed(cut, rest), rest),
            new CSimulation.Start("decodes", scalars, true, false, LANES, 0, first, GENERATED));
    CSimulation simulation = new CSimulation(kernels, folder);
    simulation.run(program, kernels.images(), List.of(settings), starts, Progress.SILENT);
    TraceComparison comparison = new TraceComparison(references);
    int position = 0;
    for (CSimulation.Start start : starts) {
      comparison.trace(folder.resolve(start.name() + CSimulation.TRACE), start.plan(LANES), position);
      comparison.tokens(folder.resolve(start.name() + CSimulation.TOKENS), start.plan(LANES), position);
      position += start.tokens();
    }
    return comparison;
  }

  /** A token of the prompt, its answer, and two sequences; the state of a layer on chip, or of none. */
  @Test
  void everyStageDoesTheSameAlone() throws Exception {
    int sequences = 2;
    int[] pair = new int[2 * sequences];
    for (int i = 0; i < pair.length; i++) {
      pair[i] = references.get(i % sequences).prompt()[i / sequences];
    }
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("chunk", scalars, true, reference.prompt()),
            CSimulation.Start.decode("answer", scalars, reference.generated()[0], 2),
            new CSimulation.Start("pair", scalars, false, true, sequences, 0, pair, 2));
    CSimulation simulation = new CSimulation(kernels, folder);
    simulation.run(
        program, kernels.images(), List.of("seed 1", "held_iterations 7", "alone 1"), starts, Progress.SILENT);
    TraceComparison one = new TraceComparison(reference);
    one.trace(folder.resolve("chunk" + CSimulation.TRACE), starts.get(0).plan(LANES), 0);
    one.trace(folder.resolve("answer" + CSimulation.TRACE), starts.get(1).plan(LANES), PROMPT);
    TraceComparison two = new TraceComparison(references.subList(0, sequences));
    two.trace(folder.resolve("pair" + CSimulation.TRACE), starts.get(2).plan(LANES), 0);
    assertThat(one.first()).isEmpty();
    assertThat(two.first()).isEmpty();

    StageTable table = StageTable.of(folder.resolve("csim.log"));
    assertThat(table.rows()).allSatisfy(row -> assertThat(row.outcome()).as(row.toString()).isEqualTo("equal"));
    assertThat(table.names()).isEqualTo(stages(starts.size()));
    assertThat(table.idle()).isEmpty();
  }

  /** Returns all processes of all kernels, as often as they are started. */
  private static List<String> stages(int starts) {
    List<String> names = new ArrayList<>();
    Stages.byRegion().forEach((region, processes) -> {
      for (int instance = 0; instance < (region.equals("core") ? 1 : UNITS) * starts; instance++) {
        String unit = region.equals("core") ? region : region + instance % UNITS;
        processes.forEach(process -> names.add(unit + " " + process));
      }
    });
    return names.stream().sorted().toList();
  }

  /** Returns the ids of every sequence, position by position. */
  private static int[] fed(int from, int count) {
    int[] ids = new int[count * LANES];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = references.get(i % LANES).prompt()[from + i / LANES];
    }
    return ids;
  }

  /** Unwritten memory has other garbage in every run and start; nothing of it reaches a result. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void startsWithoutAReloadAndChunksEqualOneRun(int seed) throws Exception {
    int[] prompt = reference.prompt();
    int[] head = Arrays.copyOf(prompt, 2);
    int[] tail = Arrays.copyOfRange(prompt, 2, PROMPT);
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("one", scalars, true, prompt),
            CSimulation.Start.prefill("two", scalars, true, prompt),
            CSimulation.Start.prefill("head", scalars, true, head),
            CSimulation.Start.prefill("tail", scalars, false, tail));
    CSimulation simulation = new CSimulation(kernels, folder);
    simulation.run(program, kernels.images(), List.of("seed " + seed, "held_iterations 9"), starts, Progress.SILENT);
    TraceComparison comparison = new TraceComparison(reference);
    for (CSimulation.Start start : starts) {
      int first = start.name().equals("tail") ? head.length : 0;
      comparison.trace(folder.resolve(start.name() + CSimulation.TRACE), start.plan(LANES), first);
      comparison.tokens(folder.resolve(start.name() + CSimulation.TOKENS), start.plan(LANES), first);
    }
    assertThat(comparison.first()).isEmpty();
  }

  @Test
  void garbageThatIsReadIsFound() throws Exception {
    List<byte[]> traces = new ArrayList<>();
    for (int seed : new int[] {1, 2}) {
      CSimulation simulation = new CSimulation(kernels, folder);
      CSimulation.Start start = CSimulation.Start.prefill("unset", scalars, false, reference.prompt());
      simulation.run(program, kernels.images(), List.of("seed " + seed), List.of(start), Progress.SILENT);
      TraceComparison comparison = new TraceComparison(reference);
      comparison.trace(folder.resolve("unset" + CSimulation.TRACE), start.plan(LANES), 0);
      assertThat(comparison.first().get(0).layer()).isZero();
      assertThat(comparison.first().get(0).token()).isZero();
      traces.add(Files.readAllBytes(folder.resolve("unset" + CSimulation.TRACE)));
    }
    assertThat(traces.get(0)).isNotEqualTo(traces.get(1));
  }

  /** A table of reciprocal roots as large as 2^20: the norm's mantissa has 17 scalars. */
  @Test
  void bitsThatGetLostAreFoundByName() throws Exception {
    KernelFolder.Images images = kernels.images();
    byte[] core = Files.readAllBytes(images.core());
    for (int entry = 0; entry < RSQRT_ENTRIES; entry++) {
      core[Integer.BYTES * entry + 2] = 0x10;
    }
    Path faulty = Files.write(folder.resolve("core.bin"), core);
    KernelFolder.Images wrong = new KernelFolder.Images(images.units(), faulty, images.embedding());
    assertThatThrownBy(() -> run(program, wrong, "seed 1"))
        .hasMessageContaining("LOSS of bits: 64-bit integer ")
        .hasMessageContaining("does not fit in ap_uint<17>, process 'norm_residual<C>' of unit 'core'")
        .hasMessageContaining("rsqrt.hpp:");
  }

  /** The residual's loop over a layer inside the one over layers, without what keeps Vitis from making them one. */
  @Test
  void aFlattenedLoopDeadlocksByName() throws Exception {
    Path faulty = compile(folder, SimulationModesTest::flattenedResidual);
    assertThatThrownBy(() -> run(faulty, "seed 1", "held_iterations 1"))
        .hasMessageContaining("stands still")
        .hasMessageContaining("process 'residual<C>' of unit 'core': read of empty 'projected'")
        .hasMessageContaining("its pipelined loop 'RESIDUAL_LAYER/RESIDUAL_ADD' keeps back")
        .hasMessageContaining("1 for 'vectors'");
    assertThat(run(faulty, "seed 1", "held_iterations 0").first()).isEmpty();
  }

  private static String flattenedResidual(String file, String text) {
    if (!file.endsWith("residual.hpp")) {
      return text;
    }
    String loops = "RESIDUAL_LAYER:\n  for (int layer = 0; layer < C::kLayers; ++layer) {\n";
    String merged = ModeKernels.replace(text, "RESIDUAL_ADD:\n", loops + "RESIDUAL_ADD:\n");
    String end = "traced.write(vector);\n    }\n  }\n";
    merged = ModeKernels.replace(merged, end, end + "  }\n");
    merged = ModeKernels.replace(merged, "++count[lane];", "count[lane] = (count[lane] + 1) % S::kModelBeats;");
    merged = ModeKernels.replace(merged, "lane >= used", "layer < C::kLayers - 1 || lane >= used");
    int call = merged.lastIndexOf("RESIDUAL_LAYER:");
    int begin = merged.indexOf("add_layer<C>", call);
    int after = merged.indexOf("    }\n", begin);
    String once = ModeKernels.replace(
        merged.substring(begin, after), "layer < C::kLayers - 1 ? 0 : first_logit", "first_logit");
    return merged.substring(0, call) + once + merged.substring(after + "    }\n".length());
  }

  /** A state that is asked for before the one of the step before is in the memory. */
  @Test
  void aStateThatDoesNotWaitIsFoundByName() throws Exception {
    Path faulty = compile(folder, SimulationModesTest::stateBeforeGo);
    assertThatThrownBy(() -> run(faulty, "seed 1"))
        .hasMessageContaining("HAZARD")
        .hasMessageContaining("process 'read_image<C>' of unit 'memory");
  }

  private static String stateBeforeGo(String file, String text) {
    if (!file.endsWith("image_reader.hpp")) {
      return text;
    }
    String early = ModeKernels.replace(text, "behind_go = go.read() == 1 ? 0 : 1;", "behind_go = 0;");
    return ModeKernels.replace(early, "    if (waits) {\n      go.read();", "    if (step > 0) {\n      go.read();");
  }

  /** Rows of two kinds, or weights and the state behind them, in one loop. With few of them, in a deep pipeline. */
  @ParameterizedTest
  @ValueSource(strings = {"MULTIPLY_WORD", "PREFETCH_WORD"})
  void aLoopThatShouldFlushDeadlocksByName(String loop) {
    assertThatThrownBy(() -> sideBySide("seed 1", "held_iterations 150", "stalls " + loop))
        .hasMessageContaining("stands still")
        .hasMessageContaining("pipelined loop '" + loop + "' keeps back");
  }
}
