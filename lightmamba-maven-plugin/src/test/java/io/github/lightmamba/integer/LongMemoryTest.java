package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.LongMemory.Input;
import io.github.lightmamba.integer.LongMemory.Quality;
import io.github.lightmamba.quantize.ChosenStateWidth;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quality of the hidden state over 4,096 tokens; the limits are the requirement, the table of docs/numerics.md. */
class LongMemoryTest {
  private static final int TOKENS = 4096;
  private static final int SILENT = 3000;

  /** 1 - decay from 1 to 1e-4, both sides of every limit of the width among them. */
  private static final double[] LOSSES = {1, 0.3, 0.1, 0.0999, 0.05, 0.02, 0.005, 0.00499, 0.002, 0.001, 3e-4, 1e-4};

  @ParameterizedTest
  @EnumSource(Input.class)
  void outputIsRightAtEveryDecay(Input input) {
    for (double loss : LOSSES) {
      int bits = ChosenStateWidth.of(1 - loss);

      Quality quality = LongMemory.run(Math.max(1e-6, 1 - loss), bits, input, TOKENS, 0, 1);

      assertThat(quality.decay()).isCloseTo(Math.max(1e-6, 1 - loss), within(loss));
      assertThat(quality.decibels()).as("dB at 1 - decay = %s in %d bits", loss, bits).isGreaterThanOrEqualTo(25);
    }
  }

  /** The integer decay may differ by a step of 2^-20 and by what the exp table leaves. */
  private static Offset<Double> within(double loss) {
    return Offset.offset(2e-6 + 1e-3 * loss);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.93, 0.95, 0.98, 0.99, 0.995, 0.9951, 0.997, 0.999, 0.9995, 0.9999})
  void stateWithoutInputFadesAsItShould(double decay) {
    int bits = ChosenStateWidth.of(decay);

    Quality quality = LongMemory.run(decay, bits, Input.NOISE, 1024, SILENT, 1);

    assertThat(quality.earlyError()).as("until it has fallen to 1 %%, in %d bits", bits).isLessThanOrEqualTo(0.1);
    boolean counts = !Double.isNaN(quality.lastError());
    assertThat(counts).as("above its resolution after 3,000 tokens").isEqualTo(decay >= 0.997);
    if (counts) {
      assertThat(quality.lastError()).as("after 3,000 tokens in %d bits", bits).isLessThanOrEqualTo(0.1);
    }
  }

  @Test
  void narrowStateOfSlowHeadStagnates() {
    Quality quality = LongMemory.run(0.999, 8, Input.NOISE, TOKENS, SILENT, 1);

    assertThat(quality.decibels()).isLessThan(20);
    // The right state fell to 1/20; this one stayed.
    assertThat(quality.lastError()).isGreaterThan(10);
  }
}
