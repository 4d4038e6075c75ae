package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The primitives against arbitrary-precision arithmetic. */
class FixedPointTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(7);

  private static long operand() {
    long magnitude = RANDOM.nextLong(1L << RANDOM.nextInt(1, 62));
    return RANDOM.nextBoolean() ? magnitude : -magnitude;
  }

  /** floor(v/2^s + 1/2) clamped, for any s, without a shift instruction. */
  private static BigInteger expectedShift(long value, int shift, int bits) {
    BigDecimal scaled =
        shift >= 0
            ? new BigDecimal(value).divide(new BigDecimal(BigInteger.TWO.pow(shift)))
            : new BigDecimal(value).multiply(new BigDecimal(BigInteger.TWO.pow(-shift)));
    BigInteger rounded = scaled.add(new BigDecimal("0.5")).setScale(0, RoundingMode.FLOOR).toBigInteger();
    BigInteger limit = BigInteger.TWO.pow(bits - 1).subtract(BigInteger.ONE);
    return rounded.min(limit).max(limit.negate());
  }

  @Test
  void shiftRoundsHalvesUpwardsAndSaturates() {
    for (int i = 0; i < 200_000; i++) {
      long value = operand();
      int shift = RANDOM.nextInt(-70, 71);
      int bits = RANDOM.nextInt(8, 63);
      assertThat(BigInteger.valueOf(FixedPoint.shift(value, shift, bits)))
          .as("shift(%d, %d, %d)", value, shift, bits)
          .isEqualTo(expectedShift(value, shift, bits));
    }
  }

  @Test
  void halvesGoUp() {
    assertThat(FixedPoint.roundShift(3, 1)).isEqualTo(2);
    assertThat(FixedPoint.roundShift(-3, 1)).isEqualTo(-1);
  }

  @Test
  void exponentIsTheSmallestThatHolds() {
    long[] limits = {132, 144, 150, 2032, 16 * 2047, 16 * 32767};
    for (int i = 0; i < 100_000; i++) {
      long max = Math.abs(operand()) >> 14;
      for (long limit : limits) {
        int e = 0;
        while (BigInteger.valueOf(max).shiftLeft(4).compareTo(BigInteger.valueOf(limit).shiftLeft(e)) > 0) {
          e++;
        }
        assertThat(FixedPoint.exponent(max, limit)).as("exponent(%d, %d)", max, limit).isEqualTo(e);
      }
    }
  }

  @Test
  void nothingClipsAtEightBits() {
    for (int i = 0; i < 100_000; i++) {
      long max = Math.abs(operand()) >> 16;
      int e = FixedPoint.exponent(max, NumericFormat.exponentLimit(8));
      assertThat(FixedPoint.roundShift(max, e)).isLessThanOrEqualTo(127);
    }
  }

  @Test
  void wideSumIsExact() {
    for (int i = 0; i < 200; i++) {
      long start = RANDOM.nextLong(1, 1L << 40);
      WideSum sum = new WideSum(start);
      BigInteger expected = BigInteger.valueOf(start);
      for (int n = RANDOM.nextInt(1, 3000); n > 0; n--) {
        int value = (int) (operand() >> 31);
        sum.addSquare(value);
        expected = expected.add(BigInteger.valueOf(value).pow(2));
      }
      assertThat(sum.bitLength()).isEqualTo(expected.bitLength());
      int shift = 30 - (expected.bitLength() - 1) / 2 * 2;
      assertThat(BigInteger.valueOf(sum.scaled(shift))).isEqualTo(expected.shiftLeft(shift));
    }
  }
}
