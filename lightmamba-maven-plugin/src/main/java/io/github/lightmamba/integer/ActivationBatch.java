package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.clip;
import static io.github.lightmamba.integer.FixedPoint.exponent;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
import static io.github.lightmamba.integer.NumericFormat.RELATIVE_EXPONENT_MAX;

/**
 * Quantized activation vectors of some tokens, with the scalars of their norm; {@code docs/numerics.md}, section 2.
 *
 * <p>Arrays are (element, token): the token is the inner dimension, so that loops over tokens run over adjacent memory,
 * each element in an
 * array of its own, so that they are vectorised.
 */
final class ActivationBatch {
  /** u = 2^16, j = 0: a norm of one. */
  private static final long ONE = 1L << NumericFormat.RSQRT_FRACTION;

  final int length;
  final int tokens;
  final int group;
  /** (length, tokens), ±qmax. */
  final int[][] values;
  /** (length/group, tokens): 15 − d, the left shift of the group's products. */
  final int[][] leftShifts;
  /** (tokens): u, mantissa of 1/rms. */
  final int[] mantissas;
  /** (tokens): t = j − E. */
  final int[] shifts;

  private ActivationBatch(int length, int tokens, int group) {
    this.length = length;
    this.tokens = tokens;
    this.group = group;
    this.values = new int[length][tokens];
    this.leftShifts = new int[length / group][tokens];
    this.mantissas = new int[tokens];
    this.shifts = new int[tokens];
  }

  /**
   * Quantizes vectors.
   *
   * @param source (length, tokens), below 2^40 in magnitude
   * @param length elements of a vector
   * @param tokens vectors
   * @param bits width of the result, 8 or 4
   * @param group elements that share an exponent, where that divides
   * @param sums (tokens): sums of squares with ε, of which 1/rms is taken; null: 1/rms is 1, the vectors are normalised
   */
  static ActivationBatch quantize(long[] source, int length, int tokens, int bits, int group, WideSum[] sums) {
    ActivationBatch batch = new ActivationBatch(length, tokens, ModelShape.activationGroup(length, group));
    int groups = length / batch.group;
    long limit = NumericFormat.exponentLimit(bits, batch.group);
    int largest = NumericFormat.largest(bits);
    int[] exponents = new int[groups];
    for (int t = 0; t < tokens; t++) {
      int most = 0;
      for (int a = 0; a < groups; a++) {
        long max = 0;
        for (int i = a * batch.group; i < (a + 1) * batch.group; i++) {
          max = Math.max(max, Math.abs(source[i * tokens + t]));
        }
        exponents[a] = exponent(max, limit);
        most = Math.max(most, exponents[a]);
      }
      for (int a = 0; a < groups; a++) {
        int d = Math.min(most - exponents[a], RELATIVE_EXPONENT_MAX);
        batch.leftShifts[a][t] = RELATIVE_EXPONENT_MAX - d;
        for (int i = a * batch.group; i < (a + 1) * batch.group; i++) {
          batch.values[i][t] = (int) clip(roundShift(source[i * tokens + t], most - d), largest);
        }
      }
      long rsqrt = sums == null ? ONE : Functions.rsqrt(sums[t]);
      batch.mantissas[t] = (int) rsqrt;
      batch.shifts[t] = (int) (rsqrt >> 32) - most;
    }
    return batch;
  }
}
