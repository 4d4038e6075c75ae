package io.github.lightmamba.integer;

/**
 * The constants of {@code docs/numerics.md}: fraction bits, widths and limits that Java and the kernels share.
 *
 * <p>The generator writes them into the configuration struct of the kernels, so that no number stands twice.
 */
public final class NumericFormat {
  /** Fraction bits of Q16 values: z, dt, B, C, x after SiLU, y, D, logits. */
  public static final int FIXED_FRACTION = 16;
  /** Bits that the exact accumulator loses before the scalar product with 1/rms. */
  public static final int ACCUMULATOR_DROP = 12;
  /** Largest relative exponent of an activation group, 4 bits. */
  public static final int RELATIVE_EXPONENT_MAX = 15;
  /** Fraction bits of 1/√S before the exponent. */
  public static final int RSQRT_FRACTION = 16;
  /** Fraction bits of the argument of exp2neg. */
  public static final int EXPONENT_FRACTION = 20;
  /** Fraction bits of the mantissas of exp2neg and of the log1p table. */
  public static final int MANTISSA_FRACTION = 24;
  /** log2(e) with {@link #LOG2E_FRACTION} fraction bits, rounded down. */
  public static final int LOG2E = 24204406;
  /** Fraction bits of {@link #LOG2E}: with 16 of them softplus(−11) would be wrong in its 14th bit. */
  public static final int LOG2E_FRACTION = 24;
  /** Fraction bits of dt. */
  public static final int DT_FRACTION = 32;
  /** Significant bits of dt as an operand of the scan. */
  public static final int DT_OPERAND_BITS = 16;
  /** Fraction bits of the decay. */
  public static final int DECAY_FRACTION = 20;
  /** Largest integer part of the argument of the decay's exp2neg. */
  public static final int DECAY_EXPONENT_MAX = 63;
  /** Fraction bits of the working value of the hidden state. */
  public static final int STATE_FRACTION = 28;
  /** Width of the working value of the hidden state. */
  public static final int STATE_WORK_BITS = 48;
  /** Width of SSM operands: B, C, dt·x. */
  public static final int OPERAND_BITS = 8;
  /** Width of z, residual, P, y and of everything that is Q16. */
  public static final int VALUE_BITS = 32;
  /** Width of the convolution's input and weights. */
  public static final int CONV_BITS = 16;
  /** Width of the gated value before and after the norm's weight. */
  public static final int GATED_BITS = 24;
  /** Fraction bits of a value that a norm per group has divided by the root of its sum of squares. */
  public static final int NORMED_FRACTION = 22;
  /** Width for intermediate values that cannot saturate. */
  public static final int WIDE_BITS = 62;
  /** Above this magnitude, in Q16, SiLU is the identity or zero. */
  public static final int SILU_RANGE_LOG2 = 20;
  /** log2 of the distance of two SiLU knots in Q16. */
  public static final int SILU_STEP_LOG2 = 11;
  /** The exponent of the shift that makes the decay's argument: −A·log2(e) = am·2^(12 − as). */
  public static final int DECAY_RATE_SHIFT = DT_FRACTION - EXPONENT_FRACTION;

  /** Four fraction bits of the limit in {@link FixedPoint#exponent}. */
  public static final int EXPONENT_LIMIT_FRACTION = 4;

  private NumericFormat() {}

  /**
   * Returns the largest magnitude of a quantized value.
   *
   * @param bits width, 2 to 16
   */
  public static int largest(int bits) {
    return (1 << (bits - 1)) - 1;
  }

  /**
   * Returns the limit C of {@link FixedPoint#exponent} with which nothing clips.
   *
   * @param bits width, 4 to 16
   */
  public static long exponentLimit(int bits) {
    return (long) largest(bits) << EXPONENT_LIMIT_FRACTION;
  }

  /**
   * Returns the limit C of {@link FixedPoint#exponent} for activations: nothing clips, but with 4 bits the largest
   * values of a group may, so far that the square error of normally distributed ones is least ({@code
   * docs/numerics.md}, section 1).
   *
   * @param bits width, 4 or 8
   * @param group activations that share the exponent
   */
  public static long exponentLimit(int bits, int group) {
    if (bits != 4) {
      return exponentLimit(bits);
    }
    return group <= 8 ? 132 : group <= 16 ? 144 : 150;
  }
}
