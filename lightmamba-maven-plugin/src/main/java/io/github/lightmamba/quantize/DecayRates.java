package io.github.lightmamba.quantize;

/**
 * −A·log2(e) of every head as am·2^(12 − as); {@code docs/numerics.md}, section 4.
 *
 * @param mantissas am, in [2^23, 2^24), or 0 for a rate too small for the format
 * @param shifts as, 1 to 62
 */
record DecayRates(int[] mantissas, byte[] shifts) {
  private static final int MANTISSA_BITS = 24;
  private static final int SHIFT_MAX = 62;
  private static final int BASE = 12;

  /** Converts A_log: A = −exp(A_log). */
  static DecayRates of(float[] aLog) {
    DecayRates rates = new DecayRates(new int[aLog.length], new byte[aLog.length]);
    for (int h = 0; h < aLog.length; h++) {
      double rate = Math.exp(aLog[h]) / Math.log(2);
      int exponent = Math.getExponent(rate);
      int shift = BASE + MANTISSA_BITS - 1 - exponent;
      long mantissa = Math.round(Math.scalb(rate, shift - BASE));
      if (mantissa == 1 << MANTISSA_BITS) {
        mantissa >>= 1;
        shift--;
      }
      if (shift > SHIFT_MAX) {
        mantissa = 0;
        shift = SHIFT_MAX;
      } else if (shift < 1) {
        // A rate of 2^34 forgets everything at once; the largest one of the format does so too.
        mantissa = (1 << MANTISSA_BITS) - 1;
        shift = 1;
      }
      rates.mantissas[h] = (int) mantissa;
      rates.shifts[h] = (byte) shift;
    }
    return rates;
  }
}
