package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The integer functions against double precision, within the error that their tables allow. */
class FunctionsTest {
  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void siluIsWithinTheErrorOfItsKnots() {
    // Linear interpolation over steps of h = 1/32: h²/8 · max|f''| = h²/16; a knot and a result are rounded by half a
    // unit each, the cut at 16 adds 1.8e-6.
    double bound = 1.0 / 32 / 32 / 16 + 1.0 / 65536 + 1.8e-6;
    for (int v = -20 << 16; v <= 20 << 16; v += 37) {
      double x = v / 65536.0;
      assertThat(Functions.silu(v) / 65536.0).as("silu(%s)", x).isCloseTo(x / (1 + Math.exp(-x)), within(bound));
    }
    assertThat(Functions.silu(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Functions.silu(-Integer.MAX_VALUE)).isZero();
  }

  @Test
  void softplusKeepsSixteenSignificantBits() {
    for (int v = -11 << 16; v <= 40 << 16; v += 41) {
      double x = v / 65536.0;
      double expected = Math.log1p(Math.exp(x));
      assertThat(Functions.softplus(v) * 0x1p-32)
          .as("softplus(%s)", x)
          .isCloseTo(expected, within(expected * 0x1p-15 + 0x1p-32));
    }
  }

  @Test
  void decayOfSlowHeadsIsNotOne() {
    // 1 − exp(−1e-4) = 1e-4; a decay of 20 fraction bits resolves it to 1 %.
    int decay = decay(1.0, 1e-4);
    assertThat(1 - decay * 0x1p-20).isCloseTo(1e-4, within(1e-6));
  }

  @Test
  void decayFollowsTheExponential() {
    for (int i = 0; i < 100_000; i++) {
      double rate = Math.exp(random.nextDouble(-8, 4));
      double dt = Math.exp(random.nextDouble(-9, 2));
      double expected = Math.exp(-dt * rate);
      // Table 2^-20, argument 2^-21 (its effect at most that), result 2^-21; dt is exact here to 2^-33.
      assertThat(decay(dt, rate) * 0x1p-20).as("exp(-%s * %s)", dt, rate).isCloseTo(expected, within(0x1p-18));
    }
  }

  private static int decay(double dt, double a) {
    double rate = a / Math.log(2);
    int shift = 12 + 23 - Math.getExponent(rate);
    return Functions.decay(Math.round(dt * 0x1p32), (int) Math.round(rate * Math.pow(2, shift - 12)), shift);
  }

  @Test
  void rsqrtIsWithinItsError() {
    for (int i = 0; i < 100_000; i++) {
      long square = random.nextLong(1L << random.nextInt(1, 62));
      WideSum sum = new WideSum(Math.max(1, square));
      long result = Functions.rsqrt(sum);
      double value = (int) result * Math.pow(2, -16 - (result >> 32));
      double expected = 1 / Math.sqrt(Math.max(1, square));
      assertThat(value).as("1/sqrt(%d)", square).isCloseTo(expected, within(expected * 0x1p-15));
      assertThat((int) result).isBetween(1 << 15, 1 << 16);
    }
  }
}
