package io.github.lightmamba.quantize;

/** Binary points from calibrated ranges; {@code docs/numerics.md}, section 7. */
final class BinaryPoints {
  /** Calibrated values may grow by 2^2 before they saturate. */
  static final int HEADROOM_BITS = 2;

  /** Points further to the left than this gain nothing. */
  private static final int MOST = 40;

  private BinaryPoints() {}

  /**
   * Returns the largest f with {@code most · 2^(f + headroom) < 2^(bits − 1)}, at most 40.
   *
   * @param most largest magnitude, real; 0 gives the limit
   * @param bits width with sign
   * @param headroom bits of growth left free
   */
  static int of(double most, int bits, int headroom) {
    if (most == 0) {
      return MOST;
    }
    int f = bits - 1 - headroom - (int) Math.ceil(Math.log(most) / Math.log(2));
    // The logarithm may be off by an ulp at powers of two, and rounding may reach the limit itself.
    while (Math.rint(most * Math.scalb(1.0, f + headroom)) > (1L << (bits - 1)) - 1) {
      f--;
    }
    return Math.min(f, MOST);
  }
}
