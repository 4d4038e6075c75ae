package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import org.junit.jupiter.api.Test;

/** Bytes a token counted by hand: width 64, inner width 128, 8 heads, state 32, 4 taps, 2 layers, a vocabulary of 128. */
class TokenTrafficTest {
  private static final long IN_PROJ_ROWS = 128 + 128 + 2 * 32 + 8;

  @Test
  void everyClassIsCountedOnce() {
    assertThat(TokenTraffic.of(TinyModels.tied()))
        .containsExactly(
            entry("in_proj.weight", 2 * IN_PROJ_ROWS * 64),
            entry("out_proj.weight", 2L * 64 * 128),
            entry("lm_head.weight", 128L * 64),
            // One group of 64 or 128 a row: a mantissa and a kappa.
            entry("scales", 2 * (2 * IN_PROJ_ROWS + 2 * 64) + 2 * 128),
            entry("biases", 0L),
            // Four taps of 2 bytes, a bias of 4, a shift.
            entry("conv", 2L * (128 + 2 * 32) * 13),
            entry("heads", 2L * 8 * 14),
            entry("gated_norm", 2L * 128 * 2),
            entry("embedding", 64L * 2));
  }

  @Test
  void fourBitsHalveTheWeightsAndBiasesCount() {
    QuantizedModel model = TinyModels.quantized(TinyModels.LIMITS, Scheme.W4A4, 4, 16);
    // Width 32, inner width 64, 4 heads, state 16, 2 layers.
    long rows = 64 + 64 + 2 * 16 + 4;
    assertThat(TokenTraffic.of(model))
        .containsEntry("in_proj.weight", 2 * rows * 32 / 2)
        .containsEntry("lm_head.weight", 96L * 32 / 2)
        .containsEntry("biases", 2 * 4 * (rows + 32));
  }

  @Test
  void theStateIsCountedAtTheWidthsOfItsHeads() {
    QuantizedModel model = TinyModels.tied();
    long bits = 0;
    for (QuantizedLayer layer : model.layers()) {
      for (byte width : layer.stateBits()) {
        // 16 channels a head; 32 mantissas and one exponent of a byte each.
        bits += 16 * (32L * width + 8);
      }
    }
    assertThat(TokenTraffic.stateBytes(model)).isEqualTo(bits / 8);
  }
}
