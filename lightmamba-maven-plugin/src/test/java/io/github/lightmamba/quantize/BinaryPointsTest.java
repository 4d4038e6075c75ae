package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BinaryPointsTest {
  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void thePointIsTheLargestThatLeavesTheHeadroom() {
    for (int i = 0; i < 10_000; i++) {
      double most = Math.pow(2, random.nextDouble(-8, 12));
      int f = BinaryPoints.of(most, 16, 2);
      assertThat(Math.rint(most * Math.pow(2, f + 2))).isLessThanOrEqualTo(32767);
      assertThat(f == 40 || Math.rint(most * Math.pow(2, f + 3)) > 32767).isTrue();
    }
    assertThat(BinaryPoints.of(1.0, 16, 0)).isEqualTo(14);
    assertThat(BinaryPoints.of(0, 16, 0)).isEqualTo(40);
  }

  @Test
  void decayRatesAreExactToTwentyFourBits() {
    for (int i = 0; i < 10_000; i++) {
      float aLog = (float) random.nextDouble(-18, 10);
      DecayRates rates = DecayRates.of(new float[] {aLog});
      double rate = Math.exp(aLog) / Math.log(2);
      assertThat(rates.mantissas()[0] * Math.pow(2, 12 - rates.shifts()[0])).isCloseTo(rate, within(rate * 0x1p-24));
      assertThat(rates.shifts()[0]).isBetween((byte) 1, (byte) 62);
    }
  }

  @Test
  void ratesBeyondTheFormatGoToItsEnds() {
    DecayRates rates = DecayRates.of(new float[] {-40, 40});
    assertThat(rates.mantissas()).containsExactly(0, (1 << 24) - 1);
    assertThat(rates.shifts()).containsExactly(62, 1);
  }

  @Test
  void slowHeadsGetWideStates() {
    assertThat(StateWidth.of(0.9)).isEqualTo(8);
    assertThat(StateWidth.of(0.99)).isEqualTo(12);
    assertThat(StateWidth.of(0.999)).isEqualTo(16);
  }
}
