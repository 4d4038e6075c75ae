package io.github.lightmamba.mamba;

/** The scalar functions of the model; strict, so that a result is the same on every machine. */
final class Functions {
  /** Above this softplus(x) is x, as in PyTorch. */
  private static final float SOFTPLUS_LINEAR = 20f;

  private Functions() {}

  static float silu(float x) {
    return (float) (x / (1 + StrictMath.exp(-x)));
  }

  static float softplus(float x) {
    return x > SOFTPLUS_LINEAR ? x : (float) StrictMath.log1p(StrictMath.exp(x));
  }

  /**
   * RMS norm of one row: {@code target = x / sqrt(mean(x^2) + epsilon) * weight}; the sum of squares is a double.
   *
   * @param target may be {@code x} at the same offset
   */
  static void rmsNorm(float[] x, int offset, float[] weight, double epsilon, float[] target, int targetOffset) {
    rmsNorm(x, offset, weight, 1, epsilon, target, targetOffset);
  }

  /**
   * RMS norm of each group of a row by itself.
   *
   * @param groups a divisor of the row's length; 1 is the norm over the whole row
   */
  static void rmsNorm(
      float[] x, int offset, float[] weight, int groups, double epsilon, float[] target, int targetOffset) {
    int size = weight.length / groups;
    for (int start = 0; start < weight.length; start += size) {
      double sum = 0;
      for (int i = start; i < start + size; i++) {
        double value = x[offset + i];
        sum += value * value;
      }
      float scale = (float) (1 / Math.sqrt(sum / size + epsilon));
      for (int i = start; i < start + size; i++) {
        target[targetOffset + i] = x[offset + i] * scale * weight[i];
      }
    }
  }
}
