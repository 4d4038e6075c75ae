package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.Multiplier;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Other designs than that of {@link SimulationModesTest} with stalled pipelines, late memory and checked integers: one
 * lane and eight, products packed and in tables, all of the state in the memory or all of it on chip.
 */
class StalledDesignsTest {
  private static final int[] HELD = {7, Integer.MAX_VALUE};

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // units, T, cycles of a word, lanes of a cycle in DSPs, in UltraRAM, scan, words of state on chip, what multiplies
    "3, 8, 4, 2, 1, 16, 0, PACKED", "5, 1, 1, 1, 0, 8, 4096, FABRIC"
  })
  void theWholeDesignRunsAndComputesTheSame(
      int units, int lanes, int cycles, int dspLanes, int uramLanes, int scan, int lines, Multiplier multiplier)
      throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.quantized(TinyModels.LIMITS, Scheme.W4A8, 4, 16);
    Design design = new Design(units, lanes, cycles, dspLanes, uramLanes, 16, scan, lines, multiplier, 250);
    assertThat(design.keptLayers(model)).isEqualTo(lines > 0 ? model.shape().layers() : 0);
    ModeDesign small = ModeDesign.of(model, design, folder.resolve("kernels"));
    Path program = small.compile(folder.resolve("modes"), (file, text) -> text);
    for (int held : HELD) {
      Path one = Files.createDirectory(folder.resolve("one" + held));
      TraceComparison comparison =
          small.run(program, small.kernels().images(), one, "seed 1", "held_iterations " + held);
      assertThat(comparison.first()).isEmpty();
      assertThat(comparison.compared()).isPositive();
      Path all = Files.createDirectory(folder.resolve("all" + held));
      TraceComparison sequences = small.sideBySide(program, all, "seed 1", "held_iterations " + held);
      assertThat(sequences.first()).isEmpty();
      assertThat(sequences.compared()).isPositive();
    }
  }
}
