package io.github.lightmamba.csim;

import java.math.BigInteger;

/** The primitives of docs/numerics.md, section 1, from their definitions. */
final class ExactArithmetic {

  private ExactArithmetic() {}

  /** Derived from the definition: halves towards plus infinity is the floor of v / 2^s + 1/2. */
  static BigInteger rnd(long v, int s) {
    BigInteger[] parts = BigInteger.valueOf(v).shiftLeft(1).add(BigInteger.ONE.shiftLeft(s))
        .divideAndRemainder(BigInteger.ONE.shiftLeft(s + 1));
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  static BigInteger clamp(BigInteger v, int bits) {
    BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1).subtract(BigInteger.ONE);
    return v.min(limit).max(limit.negate());
  }

  static BigInteger shift(BigInteger v, int s, int bits) {
    return s > 62 ? BigInteger.ZERO : clamp(s >= 0 ? rnd(v.longValueExact(), s) : v.shiftLeft(-s), bits);
  }

  static int smallestExponent(long max, int c) {
    int e = 0;
    while (BigInteger.valueOf(max).shiftLeft(4).compareTo(BigInteger.valueOf(c).shiftLeft(e)) > 0) {
      e++;
    }
    return e;
  }
}
