package io.github.lightmamba.quantize;

import io.github.lightmamba.tensor.Gemm;
import io.github.lightmamba.tensor.HeapMatrix;

/**
 * Second moments E[x̂·x̂ᵀ] of a linear layer's inputs, as the activation quantizer leaves them: how much an error of
 * each weight, and each pair of weights, costs. Belongs to
 * one thread.
 */
final class InputStatistics {
  private final int size;
  private final ActivationRounding rounding;
  private final double[] moments;
  private long vectors;

  /**
   * Starts at zero.
   *
   * @param size n, length of an input
   * @param rounding of the inputs
   */
  InputStatistics(int size, ActivationRounding rounding) {
    this.size = size;
    this.rounding = rounding;
    this.moments = new double[Math.multiplyExact(size, size)];
  }

  /**
   * Adds inputs.
   *
   * @param inputs (tokens, size), after the norm
   * @param norms (tokens): root mean squares by which they were divided; the quantizer meets them before that
   */
  void add(int tokens, float[] inputs, float[] norms) {
    float[] quantized = new float[size * tokens];
    for (int t = 0; t < tokens; t++) {
      for (int i = t * size; i < (t + 1) * size; i++) {
        quantized[i] = inputs[i] * norms[t];
      }
      rounding.apply(quantized, t * size, size);
      for (int i = t * size; i < (t + 1) * size; i++) {
        quantized[i] /= norms[t];
      }
    }
    float[] transposed = transposed(quantized, tokens);
    float[] products = new float[size * size];
    Gemm.multiply(new HeapMatrix(transposed, size, tokens), transposed, size, products);
    for (int i = 0; i < products.length; i++) {
      moments[i] += products[i];
    }
    vectors += tokens;
  }

  private float[] transposed(float[] values, int tokens) {
    float[] result = new float[size * tokens];
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < size; i++) {
        result[i * tokens + t] = values[t * size + i];
      }
    }
    return result;
  }

  /** Returns n. */
  int size() {
    return size;
  }

  /** Returns the mean of x̂_i·x̂_j at (i, j). */
  double[] mean() {
    double[] mean = moments.clone();
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= vectors;
    }
    return mean;
  }
}
