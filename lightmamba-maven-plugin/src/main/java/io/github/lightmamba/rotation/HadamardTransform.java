package io.github.lightmamba.rotation;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;

/**
 * The unnormalised Hadamard transform y = H·x of order n = m·2^k, H = F_m ⊗ S_k with entries ±1 ({@code
 * docs/numerics.md}, section 3).
 *
 * <p>H·Hᵀ = n·I. Cost n·(k + m) additions. Deterministic, thread-safe; vectors are transformed in place.
 */
public final class HadamardTransform {
  private final int length;
  private final HadamardFactor factor;
  private final int stride;

  /**
   * Creates the transform.
   *
   * @param length n
   * @throws LightMambaException if no Hadamard matrix of this order is known to {@link HadamardFactor}
   */
  public HadamardTransform(int length) {
    this.length = length;
    this.factor =
        HadamardFactor.of(length)
            .orElseThrow(
                () ->
                    new LightMambaException(
                        ErrorCode.CHECKPOINT_UNSUPPORTED,
                        "No Hadamard matrix of order " + length + " is known, so this width cannot be rotated.",
                        "use a checkpoint whose hidden_size and inner size are m·2^k with m one of 1, 12, 20, 28, 36,"
                            + " 44, 52, 60, …"));
    this.stride = length / factor.order();
  }

  /** Returns n. */
  public int length() {
    return length;
  }

  /** Returns F_m. */
  public HadamardFactor factor() {
    return factor;
  }

  /** Returns k: the butterflies' stages. */
  public int stages() {
    return Integer.numberOfTrailingZeros(stride);
  }

  /** Transforms n values from {@code offset} on; exact if the sums fit into the mantissa. */
  public void apply(double[] x, int offset) {
    for (int half = 1; half < stride; half *= 2) {
      for (int start = offset; start < offset + length; start += 2 * half) {
        for (int i = start; i < start + half; i++) {
          double a = x[i];
          double b = x[i + half];
          x[i] = a + b;
          x[i + half] = a - b;
        }
      }
    }
    int m = factor.order();
    if (m == 1) {
      return;
    }
    double[] column = new double[m];
    for (int b = 0; b < stride; b++) {
      for (int i = 0; i < m; i++) {
        column[i] = x[offset + i * stride + b];
      }
      for (int a = 0; a < m; a++) {
        byte[] signs = factor.signs()[a];
        double sum = 0;
        for (int i = 0; i < m; i++) {
          sum += signs[i] * column[i];
        }
        x[offset + a * stride + b] = sum;
      }
    }
  }

  /** Transforms n integers from {@code offset} on; they grow by ⌈log2 n⌉ bits. */
  public void apply(long[] x, int offset) {
    for (int half = 1; half < stride; half *= 2) {
      for (int start = offset; start < offset + length; start += 2 * half) {
        for (int i = start; i < start + half; i++) {
          long a = x[i];
          long b = x[i + half];
          x[i] = a + b;
          x[i + half] = a - b;
        }
      }
    }
    int m = factor.order();
    if (m == 1) {
      return;
    }
    long[] column = new long[m];
    for (int b = 0; b < stride; b++) {
      for (int i = 0; i < m; i++) {
        column[i] = x[offset + i * stride + b];
      }
      for (int a = 0; a < m; a++) {
        byte[] signs = factor.signs()[a];
        long sum = 0;
        for (int i = 0; i < m; i++) {
          sum += signs[i] * column[i];
        }
        x[offset + a * stride + b] = sum;
      }
    }
  }
}
