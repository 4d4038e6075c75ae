package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Memories in BRAM, one by one, for Mamba2-2.7B; StorageTest has their names. */
@DisplayName("The resource model")
class ResourceModelTest {
  private static final ModelShape SHAPE = new ModelShape(2560, 5120, 80, 64, 128, 1, 4, 1, false, 64, 50280);

  @Test
  @DisplayName("counts every memory of a unit that is in BRAM")
  void unit() {
    Design design = new Design(30, 4, 2, 2, 2, 16, 8, 0, Multiplier.PACKED, 250);
    double siluTables = 0.5 + 0.5;
    double heads = halves(16 + 8 + 8 + 32 + 32, 4 * 80);
    double carried = halves(8 * 16, 8 * 128 / 8);
    double stateWords = halves(512, 4 * 2 * 8 * 4);
    assertThat(bram(design)).isEqualTo(siluTables + heads + carried + stateWords).isEqualTo(12);
  }

  @Test
  @DisplayName("counts more of them for eight lanes, 16 elements a cycle and vectors in BRAM")
  void wideUnit() {
    Design design = new Design(9, 8, 2, 1, 3, 16, 16, 0, Multiplier.DOT_MODE, 250);
    double activations = 15;
    double heads = halves(96, 8 * 80);
    double carried = halves(16 * 16, 8 * 128 / 16);
    assertThat(bram(design)).isEqualTo(1 + activations + heads + carried + halves(512, 8 * 2 * 8 * 4));
  }

  private static double bram(Design design) {
    return ResourceModel.of(design, SHAPE).unit().bram36();
  }

  /** BRAM in halves of 512 lines and 36 bits. */
  private static double halves(int bits, int lines) {
    int columns = (bits + 35) / 36;
    int rows = (lines + 511) / 512;
    return columns * rows / 2.0;
  }
}
