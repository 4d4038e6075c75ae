package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.NumericFormat.FIXED_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.MANTISSA_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.RSQRT_FRACTION;

import java.util.function.IntToDoubleFunction;

/**
 * The knots of the piecewise linear functions; {@code docs/numerics.md}, sections 3 and 4. The images carry these
 * numbers to the kernels, nothing computes them a second time.
 *
 * <p>{@link StrictMath} makes them the same on every machine.
 */
public final class Tables {
  static final int RSQRT_KNOTS = 769;
  static final int EXP2_KNOTS = 257;
  static final int LOG1P_KNOTS = 257;
  static final int SILU_KNOTS = 513;

  /** 2^16/√(m) for m = (256 + i)/256, i = 0..768. */
  public static final int[] RSQRT = knots(RSQRT_KNOTS, i -> scale(RSQRT_FRACTION) / StrictMath.sqrt((256 + i) / 256.0));
  /** 2^24·2^(−i/256), i = 0..256. */
  public static final int[] EXP2 = knots(EXP2_KNOTS, i -> scale(MANTISSA_FRACTION) * StrictMath.pow(2, -i / 256.0));
  /** 2^24·log1p(x)/x for x = i/256, i = 0..256. */
  public static final int[] LOG1P =
      knots(LOG1P_KNOTS, i -> scale(MANTISSA_FRACTION) * (i == 0 ? 1 : StrictMath.log1p(i / 256.0) * 256 / i));
  /** −2^16·x·σ(−x) for x = i/32, i = 0..512; the last knot is zero. */
  public static final int[] SILU = knots(SILU_KNOTS, Tables::silu);

  private Tables() {}

  private static double silu(int i) {
    double x = i / 32.0;
    return i == SILU_KNOTS - 1 ? 0 : -scale(FIXED_FRACTION) * x / (1 + StrictMath.exp(x));
  }

  private static double scale(int fraction) {
    return 1L << fraction;
  }

  private static int[] knots(int count, IntToDoubleFunction value) {
    int[] knots = new int[count];
    for (int i = 0; i < count; i++) {
      knots[i] = (int) StrictMath.rint(value.applyAsDouble(i));
    }
    return knots;
  }
}
