package io.github.lightmamba.integer;

/** An exact sum of squares of up to 95 bits, in two limbs: the kernels have 80-bit integers, Java has not. */
final class WideSum {
  private long high;
  private long low;

  /** Starts at a constant, 0 to 2^62. */
  WideSum(long start) {
    high = start >>> 32;
    low = start & 0xffffffffL;
  }

  /** Adds value²; |value| below 2^31. */
  void addSquare(int value) {
    long square = (long) value * value;
    high += square >>> 32;
    low += square & 0xffffffffL;
  }

  /** Moves carries, so that low has 32 bits. Up to 2^31 additions are safe before it. */
  private void normalise() {
    high += low >>> 32;
    low &= 0xffffffffL;
  }

  int bitLength() {
    normalise();
    return high != 0 ? 32 + FixedPoint.bitLength(high) : FixedPoint.bitLength(low);
  }

  /** Returns the sum·2^shift, truncated; the result has to fit into 63 bits. */
  long scaled(int shift) {
    normalise();
    if (shift >= 0) {
      return (high << 32 | low) << shift;
    }
    int right = -shift;
    return right >= 32 ? high >>> (right - 32) : high << (32 - right) | low >>> right;
  }
}
