package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import java.util.stream.IntStream;

/**
 * What the dynamic activation quantizer makes of a float vector: the values that the integer model will multiply;
 * {@code docs/numerics.md}, section 2. The
 * limit of the relative exponents is left out, it is never met by a rotated vector.
 *
 * @param bits width, 8 or 4
 * @param group elements that share an exponent, where that divides
 */
record ActivationRounding(int bits, int group) {
  /**
   * Rounds vectors that stand divided by their norms, at the scales that the quantizer meets before that.
   *
   * @param inputs (tokens, length)
   * @param norms (tokens)
   * @return the rounded vectors, divided by their norms again
   */
  float[] rounded(int tokens, float[] inputs, float[] norms) {
    int length = inputs.length / tokens;
    float[] result = new float[inputs.length];
    IntStream.range(0, tokens)
        .parallel()
        .forEach(
            t -> {
              for (int i = t * length; i < (t + 1) * length; i++) {
                result[i] = inputs[i] * norms[t];
              }
              apply(result, t * length, length);
              for (int i = t * length; i < (t + 1) * length; i++) {
                result[i] /= norms[t];
              }
            });
    return result;
  }

  /**
   * Rounds a vector in place.
   *
   * @param values whose binary exponent is that of the vector before its norm: the scales are powers of two there
   */
  void apply(float[] values, int from, int length) {
    int size = ModelShape.activationGroup(length, group);
    int largest = NumericFormat.largest(bits);
    double limit =
        Math.scalb((double) NumericFormat.exponentLimit(bits, size), -NumericFormat.EXPONENT_LIMIT_FRACTION);
    for (int first = from; first < from + length; first += size) {
      float max = 0;
      for (int i = first; i < first + size; i++) {
        max = Math.max(max, Math.abs(values[i]));
      }
      if (max == 0) {
        continue;
      }
      int exponent = (int) Math.ceil(Math.log(max / limit) / Math.log(2));
      float step = Math.scalb(1f, exponent);
      for (int i = first; i < first + size; i++) {
        values[i] = step * (float) Math.max(-largest, Math.min(largest, Math.floor(values[i] / step + 0.5)));
      }
    }
  }
}
