package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.hls.Stages;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.Multiplier;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.process.ProcessRunner;
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
  private static final int RSQRT_ENTRIES = 769;
  private static final int LANES = 4;
  private static final int UNITS = 9;

  @TempDir static Path shared;

  private static ModeDesign design;
  private static Path program;

  @TempDir Path folder;

  @BeforeAll
  static void compile() throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.quantized(TinyModels.GROUPS, Scheme.W4A4, 8, 16);
    // A word that stays two cycles, one lane of a cycle in DSPs, one in LUTs; the state of a layer on chip, of the
    // others in the memory.
    byte[][] firstLayer = {StateLayout.widths(model)[0]};
    int lines = Math.toIntExact(StateLayout.unitWords(model.shape(), UNITS, 0, firstLayer));
    Design chosen = new Design(UNITS, LANES, 2, 1, 1, 16, 8, lines, Multiplier.DOT_MODE, 250);
    assertThat(chosen.keptLayers(model)).isEqualTo(1).isLessThan(model.shape().layers());
    design = ModeDesign.of(model, chosen, shared.resolve("kernels"));
    program = design.compile(shared.resolve("modes"), (file, text) -> text);
  }

  private TraceComparison run(Path simulated, String... settings) throws IOException {
    return design.run(simulated, design.kernels().images(), folder, settings);
  }

  private TraceComparison sideBySide(String... settings) throws IOException {
    return design.sideBySide(program, folder, settings);
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

  /** A token of the prompt, its answer, and two sequences; the state of a layer on chip, or of none. */
  @Test
  void everyStageDoesTheSameAlone() throws Exception {
    int sequences = 2;
    int[] pair = new int[2 * sequences];
    for (int i = 0; i < pair.length; i++) {
      pair[i] = design.references().get(i % sequences).prompt()[i / sequences];
    }
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("chunk", design.scalars(), true, design.reference().prompt()),
            CSimulation.Start.decode("answer", design.scalars(), design.reference().generated()[0], 2),
            new CSimulation.Start("pair", design.scalars(), false, true, sequences, 0, pair, 2));
    design.simulate(
        program, design.kernels().images(), folder, starts, "seed 1", "held_iterations 7", "alone 1");
    TraceComparison one = new TraceComparison(design.reference());
    one.trace(folder.resolve("chunk" + CSimulation.TRACE), starts.get(0).plan(LANES), 0);
    one.trace(folder.resolve("answer" + CSimulation.TRACE), starts.get(1).plan(LANES), ModeDesign.PROMPT);
    TraceComparison two = new TraceComparison(design.references().subList(0, sequences));
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

  /** Unwritten memory has other garbage in every run and start; nothing of it reaches a result. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void startsWithoutAReloadAndChunksEqualOneRun(int seed) throws Exception {
    int[] prompt = design.reference().prompt();
    int[] head = Arrays.copyOf(prompt, 2);
    int[] tail = Arrays.copyOfRange(prompt, 2, ModeDesign.PROMPT);
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("one", design.scalars(), true, prompt),
            CSimulation.Start.prefill("two", design.scalars(), true, prompt),
            CSimulation.Start.prefill("head", design.scalars(), true, head),
            CSimulation.Start.prefill("tail", design.scalars(), false, tail));
    design.simulate(program, design.kernels().images(), folder, starts, "seed " + seed, "held_iterations 9");
    TraceComparison comparison = new TraceComparison(design.reference());
    for (CSimulation.Start start : starts) {
      design.compare(comparison, start, folder, start.name().equals("tail") ? head.length : 0);
    }
    assertThat(comparison.first()).isEmpty();
  }

  @Test
  void garbageThatIsReadIsFound() throws Exception {
    List<byte[]> traces = new ArrayList<>();
    for (int seed : new int[] {1, 2}) {
      CSimulation.Start start =
          CSimulation.Start.prefill("unset", design.scalars(), false, design.reference().prompt());
      design.simulate(program, design.kernels().images(), folder, List.of(start), "seed " + seed);
      TraceComparison comparison = new TraceComparison(design.reference());
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
    KernelFolder.Images images = design.kernels().images();
    byte[] core = Files.readAllBytes(images.core());
    for (int entry = 0; entry < RSQRT_ENTRIES; entry++) {
      core[Integer.BYTES * entry + 2] = 0x10;
    }
    Path faulty = Files.write(folder.resolve("core.bin"), core);
    KernelFolder.Images wrong = new KernelFolder.Images(images.units(), faulty, images.embedding());
    assertThatThrownBy(() -> design.run(program, wrong, folder, "seed 1"))
        .hasMessageContaining("LOSS of bits: 64-bit integer ")
        .hasMessageContaining("does not fit in ap_uint<17>, process 'norm_residual<C>' of unit 'core'")
        .hasMessageContaining("rsqrt.hpp:");
  }

  /** The residual's loop over a layer inside the one over layers, without what keeps Vitis from making them one. */
  @Test
  void aFlattenedLoopDeadlocksByName() throws Exception {
    Path faulty = design.compile(folder, SimulationModesTest::flattenedResidual);
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
    // A place is read again in the next layer, which is an iteration of the same loop then.
    merged = ModeKernels.replace(merged, "#pragma HLS DEPENDENCE variable=residuals type=inter dependent=false", "");
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
    Path faulty = design.compile(folder, SimulationModesTest::stateBeforeGo);
    assertThatThrownBy(() -> run(faulty, "seed 1"))
        .hasMessageContaining("HAZARD")
        .hasMessageContaining("process 'read_image<C>' of unit 'memory");
  }

  private static String stateBeforeGo(String file, String text) {
    if (!file.endsWith("image_reader.hpp")) {
      return text;
    }
    String early = ModeKernels.replace(text, "behind_go = 1 - await_signals(go, 1 - older - newer);", "");
    return ModeKernels.replace(
        early, "    if (waits) {\n      await_signals(go, 1 - missing);",
        "    if (step > 0) {\n      await_signals(go, 1 - missing);");
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
