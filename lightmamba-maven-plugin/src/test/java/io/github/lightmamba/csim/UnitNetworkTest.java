package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Oracle: docs/numerics.md in scalar 128-bit arithmetic and docs/formats.md byte by byte ({@code unit_reference.hpp},
 * {@code unit_images.hpp}), which know no lanes, blocks or units; so equal results also show that nothing depends on
 * them. Every shape runs five schemes, each with chunks, sequences, several slots, resets and continued starts.
 */
@DisplayName("Units and memory kernels without a core")
class UnitNetworkTest {

  /**
   * Padded channels, units without channels, short blocks, two beats a round, mantissas that straddle words, contexts
   * of 4 to 128 bytes.
   */
  enum Shape {
    ONE_UNIT(1, 1, 1, 1, 0, 16, 32, 64, 8, 1, 16, 16, 8, 8, 32, 64, 4, 0),
    TWO_UNITS_FOUR_LANES(2, 4, 2, 1, 1, 16, 64, 48, 6, 2, 64, 64, 16, 8, 64, 16, 6, 1),
    SEVENTEEN_UNITS_ON_CHIP(17, 1, 1, 0, 2, 8, 40, 96, 6, 1, 32, 32, 8, 32, 8, 8, 14, 0),
    EIGHT_LANES_ON_CHIP(3, 8, 2, 3, 2, 8, 256, 128, 8, 2, 128, 64, 2, 32, 128, 128, 4, 0),
    EIGHT_LANES_THIRTY_ONE_UNITS(31, 8, 4, 2, 1, 16, 96, 96, 12, 1, 48, 16, 32, 32, 32, 32, 4, 0),
    UNITS_WITHOUT_CHANNELS(31, 4, 1, 4, 2, 8, 32, 16, 2, 1, 16, 16, 32, 16, 32, 16, 4, 0),
    LONGEST_CONTEXTS(2, 4, 4, 1, 1, 2, 32, 44, 4, 1, 31, 1, 8, 4, 32, 4, 29, 0),
    SHORTEST_CONTEXTS(3, 8, 1, 8, 0, 16, 32, 80, 5, 1, 64, 64, 8, 16, 32, 16, 2, 0);

    final int units;
    final int lanes;
    final int wordCycles;
    final int dspLanes;
    final int keptLayers;
    final int[] sizes;

    Shape(int units, int lanes, int wordCycles, int dspLanes, int keptLayers, int... sizes) {
      this.units = units;
      this.lanes = lanes;
      this.wordCycles = wordCycles;
      this.dspLanes = dspLanes;
      this.keptLayers = keptLayers;
      this.sizes = sizes;
    }

    KernelSources sources() throws IOException {
      int inner = sizes[2];
      int odd = inner / Integer.lowestOneBit(inner);
      KernelSources sources = new KernelSources().lanes(lanes).multipliers(wordCycles, dspLanes)
          .set("units", units).set("scanLanes", sizes[0])
          .set("model", sizes[1]).set("inner", inner).set("heads", sizes[3]).set("headDim", inner / sizes[3])
          .set("groups", sizes[4]).set("state", sizes[5]).set("stateGroup", sizes[6])
          .set("activationGroupModel", sizes[7]).set("activationGroupInner", sizes[8])
          .set("weightGroupModel", sizes[9]).set("weightGroupInner", sizes[10]).set("conv", sizes[11])
          .set("bias", sizes[12]).set("layers", 2).set("vocabulary", 40)
          .hadamard(4 * odd, Integer.numberOfTrailingZeros(inner) - 2);
      return keptLayers == 0 ? sources : sources.keeps(keptLayers, 3000);
    }
  }

  @TempDir
  Path folder;

  @ParameterizedTest
  @EnumSource
  @DisplayName("give every result and leave every state word as the scalar reference has them")
  void agree(Shape shape) throws IOException {
    shape.sources().render("config/lightmamba_config.hpp", folder);
    CxxProgram.Run run = CxxProgram.compile("g++", "unit_network.cpp", folder, "-O1", "-Wno-unknown-pragmas").run("7");
    assertThat(run.exitCode()).as(run.errors()).isZero();
  }
}
