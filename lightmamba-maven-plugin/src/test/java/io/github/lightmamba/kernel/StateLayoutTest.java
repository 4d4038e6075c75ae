package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which layers keep their state on chip, against a count of every channel. */
class StateLayoutTest {
  private static final int HEADS = 6;
  private static final int HEAD_DIM = 8;
  private static final int LAYERS = 5;
  private static final ModelShape SHAPE =
      new ModelShape(32, HEADS * HEAD_DIM, HEADS, HEAD_DIM, 128, 1, 4, 1, false, LAYERS, 40);

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 7, 31})
  void theFirstLayersThatFitInEveryUnitAreKept(int units) {
    Random random = new Random(units);
    byte[][] widths = new byte[LAYERS][HEADS];
    for (byte[] layer : widths) {
      for (int head = 0; head < HEADS; head++) {
        layer[head] = (byte) (8 + 4 * random.nextInt(3));
      }
    }
    for (int lines = 0; lines < 1500; lines++) {
      assertThat(StateLayout.keptLayers(SHAPE, units, lines, widths)).isEqualTo(counted(units, lines, widths));
    }
  }

  /** A channel of 128 elements has 2, 3 or 4 words. */
  private static int counted(int units, int lines, byte[][] widths) {
    int kept = lines == 0 ? 0 : LAYERS;
    for (int unit = 0; unit < units; unit++) {
      int used = 0;
      for (int layer = 0; layer < LAYERS; layer++) {
        for (int channel = unit; channel < HEADS * HEAD_DIM; channel += units) {
          used += widths[layer][channel / HEAD_DIM] / 4;
        }
        if (used > lines) {
          kept = Math.min(kept, layer);
        }
      }
    }
    return kept;
  }

  @Test
  void noCheckpointKeepsMoreLayersThanOneOfTheSmallestWidths() {
    int all = StateLayout.widestWords(SHAPE, 7);
    for (int lines = 0; lines <= all; lines++) {
      int most = StateLayout.mostLayers(SHAPE, 7, lines);
      assertThat(most).isEqualTo(StateLayout.keptLayers(SHAPE, 7, lines, StateLayout.uniform(SHAPE, 8)));
      assertThat(StateLayout.keptLayers(SHAPE, 7, lines, StateLayout.uniform(SHAPE, 12))).isLessThanOrEqualTo(most);
    }
    assertThat(StateLayout.keptLayers(SHAPE, 7, all, StateLayout.uniform(SHAPE, 16))).isEqualTo(LAYERS);
    assertThat(StateLayout.keptLayers(SHAPE, 7, all - 1, StateLayout.uniform(SHAPE, 16))).isEqualTo(LAYERS - 1);
  }
}
