package io.github.lightmamba.integer;

/** The primitives of {@code docs/numerics.md}, section 1. Operands are below 2^62 in magnitude. */
public final class FixedPoint {
  private FixedPoint() {}

  /** Returns the number of bits of |value|: 0 for 0, 8 for ±255. */
  public static int bitLength(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(Math.abs(value));
  }

  /** Returns the largest magnitude that a saturated value of {@code bits} bits has. */
  public static long limit(int bits) {
    return (1L << (bits - 1)) - 1;
  }

  /** Returns the value clamped to ±(2^(bits−1) − 1). */
  public static long saturate(long value, int bits) {
    long limit = limit(bits);
    return Math.max(-limit, Math.min(limit, value));
  }

  /**
   * Returns value·2^−shift to nearest, halves upwards.
   *
   * @param shift 0 to 62
   */
  public static long roundShift(long value, int shift) {
    return shift == 0 ? value : (value + (1L << (shift - 1))) >> shift;
  }

  /**
   * The one scaling step: value·2^−shift, rounded to nearest where bits are lost and saturated to {@code bits} bits.
   *
   * @param shift any; negative shifts scale up
   */
  public static long shift(long value, int shift, int bits) {
    if (shift > 62) {
      return 0;
    }
    if (shift >= 0) {
      return saturate(roundShift(value, shift), bits);
    }
    if (value != 0 && bitLength(value) - shift > bits - 1) {
      return value < 0 ? -limit(bits) : limit(bits);
    }
    // Zero may come with any shift; Java would take it modulo 64.
    return value == 0 ? 0 : value << -shift;
  }

  /**
   * Interpolates a piecewise linear table.
   *
   * @param knots the table
   * @param index segment, 0 to knots − 2
   * @param rest position in the segment, 0 to 2^restBits
   */
  public static long interpolate(int[] knots, int index, int rest, int restBits) {
    long step = (long) knots[index + 1] - knots[index];
    return knots[index] + roundShift(step * rest, restBits);
  }

  /**
   * Returns the smallest e ≥ 0 with 16·max ≤ limit·2^e: the power-of-two scale of a group.
   *
   * @param max largest magnitude of the group, 0 to 2^48
   * @param limit C of {@code docs/numerics.md}: 16·qmax if nothing may clip
   */
  public static int exponent(long max, long limit) {
    int e = Math.max(0, bitLength(max) - bitLength(limit >> NumericFormat.EXPONENT_LIMIT_FRACTION));
    return max << NumericFormat.EXPONENT_LIMIT_FRACTION > limit << e ? e + 1 : e;
  }

  /** Returns the value clamped to ±largest. */
  public static long clip(long value, long largest) {
    return Math.max(-largest, Math.min(largest, value));
  }
}
