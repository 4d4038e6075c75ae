package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.bitLength;
import static io.github.lightmamba.integer.FixedPoint.interpolate;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
import static io.github.lightmamba.integer.FixedPoint.saturate;
import static io.github.lightmamba.integer.FixedPoint.shift;
import static io.github.lightmamba.integer.NumericFormat.DECAY_EXPONENT_MAX;
import static io.github.lightmamba.integer.NumericFormat.DECAY_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.DT_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.EXPONENT_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.FIXED_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.LOG2E;
import static io.github.lightmamba.integer.NumericFormat.LOG2E_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.MANTISSA_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.SILU_RANGE_LOG2;
import static io.github.lightmamba.integer.NumericFormat.SILU_STEP_LOG2;
import static io.github.lightmamba.integer.NumericFormat.VALUE_BITS;
import static io.github.lightmamba.integer.NumericFormat.WIDE_BITS;

/** SiLU, softplus, decay and reciprocal square root on integers; {@code docs/numerics.md}, sections 3 and 4. */
public final class Functions {
  private static final int EXP2_INDEX_SHIFT = EXPONENT_FRACTION - 8;
  private static final int LOG1P_INDEX_SHIFT = MANTISSA_FRACTION - 8;
  private static final int RSQRT_MANTISSA_BITS = 30;
  private static final int RSQRT_INDEX_SHIFT = RSQRT_MANTISSA_BITS - 8;

  private Functions() {}

  /**
   * SiLU, Q16 to Q16; error below 2^-13 (piecewise linear, steps of 1/32).
   *
   * @param v −(2^31 − 1) to 2^31 − 1
   */
  public static int silu(int v) {
    int a = Math.abs(v);
    int positive = Math.max(v, 0);
    if (a >= 1 << SILU_RANGE_LOG2) {
      return positive;
    }
    int rest = a & ((1 << SILU_STEP_LOG2) - 1);
    return positive + (int) interpolate(Tables.SILU, a >> SILU_STEP_LOG2, rest, SILU_STEP_LOG2);
  }

  /**
   * The mantissa of 2^−t with 24 fraction bits, in [2^23, 2^24]; t in Q20, non-negative; the exponent is t &gt;&gt; 20.
   */
  static int exp2Mantissa(long t) {
    int fraction = (int) (t & ((1 << EXPONENT_FRACTION) - 1));
    int rest = fraction & ((1 << EXP2_INDEX_SHIFT) - 1);
    return (int) interpolate(Tables.EXP2, fraction >> EXP2_INDEX_SHIFT, rest, EXP2_INDEX_SHIFT);
  }

  /**
   * softplus(v) with 32 fraction bits; relative error below 2^-14 down to 2^-16.
   *
   * @param v Q16
   */
  public static long softplus(int v) {
    long a = Math.abs((long) v);
    long t = roundShift(a * LOG2E, FIXED_FRACTION + LOG2E_FRACTION - EXPONENT_FRACTION);
    int ip = (int) (t >> EXPONENT_FRACTION);
    int mantissa = exp2Mantissa(t);
    int e = ip > MANTISSA_FRACTION ? 0 : (int) roundShift(mantissa, ip);
    int index = Math.min(e >> LOG1P_INDEX_SHIFT, Tables.LOG1P_KNOTS - 2);
    long h = interpolate(Tables.LOG1P, index, e - (index << LOG1P_INDEX_SHIFT), LOG1P_INDEX_SHIFT);
    long correction = shift(mantissa * h, 2 * MANTISSA_FRACTION - DT_FRACTION + ip, WIDE_BITS);
    return correction + (v > 0 ? (long) v << (DT_FRACTION - FIXED_FRACTION) : 0);
  }

  /**
   * exp(dt·A) with 20 fraction bits, 0 to 2^20.
   *
   * @param dt Q32, 0 to 2^38 − 1
   * @param rateMantissa am, 0 or 2^23 to 2^24 − 1
   * @param rateShift as, 1 to 62
   */
  public static int decay(long dt, int rateMantissa, int rateShift) {
    long t = shift(dt * rateMantissa, rateShift, WIDE_BITS);
    t = Math.min(t, (long) DECAY_EXPONENT_MAX << EXPONENT_FRACTION);
    int ip = (int) (t >> EXPONENT_FRACTION);
    return (int) shift(exp2Mantissa(t), ip + MANTISSA_FRACTION - DECAY_FRACTION, WIDE_BITS);
  }

  /** Adds the bias to a projection of dt, saturating to 32 bits; both Q16. */
  static int biased(int projection, int bias) {
    return (int) saturate((long) projection + bias, VALUE_BITS);
  }

  /**
   * 1/√S = u·2^(−16 − j) for the 128-bit sum S = high·2^32 + low.
   *
   * @param sum S, at least 1
   * @return the mantissa u in the low 17 bits, j in the bits from 32 on
   */
  static long rsqrt(WideSum sum) {
    int j = (sum.bitLength() - 1) / 2;
    long m = sum.scaled(RSQRT_MANTISSA_BITS - 2 * j);
    int index = (int) (m >> RSQRT_INDEX_SHIFT) - 256;
    int rest = (int) (m & ((1 << RSQRT_INDEX_SHIFT) - 1));
    return (long) j << 32 | interpolate(Tables.RSQRT, index, rest, RSQRT_INDEX_SHIFT);
  }

  /** Significant bits below which dt is exact as an operand. */
  static int operandShift(long dt) {
    return Math.max(0, bitLength(dt) - NumericFormat.DT_OPERAND_BITS);
  }
}
