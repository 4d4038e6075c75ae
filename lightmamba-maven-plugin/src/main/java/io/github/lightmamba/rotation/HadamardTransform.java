package io.github.lightmamba.rotation;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;

/**
 * The unnormalised Hadamard transform y = H·x of order n = m·2^k, H = F_m ⊗ S_k with entries ±1 ({@code
 * docs/numerics.md}, section 3).
 *
 * <p>Where no Hadamard matrix of order n is known, H is block-diagonal: {@link #blocks} equal blocks of {@link #order},
 * which mixes less and still rotates. H·Hᵀ = order·I. Cost n·(k + m) additions. Deterministic, thread-safe; vectors are
 * transformed in place.
 */
public final class HadamardTransform {
  private static final int FACTOR_MAX = 256;

  private final int length;
  private final int blocks;
  private final byte[][] signs;
  private final int stride;

  /**
   * Creates the transform.
   *
   * @param length n
   * @throws LightMambaException if not even a block-diagonal matrix with at most 256 rows in its factor is known
   */
  public HadamardTransform(int length) {
    this.length = length;
    int odd = length >> Integer.numberOfTrailingZeros(length);
    HadamardFactor factor = null;
    int known = odd;
    // The largest known order that divides n: as few blocks as possible.
    while (factor == null && known >= 1) {
      int divisor = known;
      if (odd % known == 0) {
        factor =
            HadamardFactor.of(length / odd * known)
                .filter(candidate -> odd / divisor * candidate.order() <= FACTOR_MAX)
                .orElse(null);
      }
      known = factor == null ? known - 1 : known;
    }
    if (factor == null) {
      throw new LightMambaException(
          ErrorCode.CHECKPOINT_UNSUPPORTED,
          "No Hadamard matrix of order " + length + " is known, and blocks of known orders would need a factor of more"
              + " than " + FACTOR_MAX + " rows, so this width cannot be rotated.",
          "use a checkpoint whose hidden_size and inner size are m·2^k with m one of 1, 12, 20, 28, 36, 44, 52, 60, …");
    }
    this.blocks = odd / known;
    this.signs = diagonal(factor.signs(), blocks);
    this.stride = length / signs.length;
  }

  private static byte[][] diagonal(byte[][] block, int blocks) {
    int m = block.length;
    byte[][] signs = new byte[blocks * m][blocks * m];
    for (int i = 0; i < signs.length; i++) {
      System.arraycopy(block[i % m], 0, signs[i], i / m * m, m);
    }
    return signs;
  }

  /** Returns n. */
  public int length() {
    return length;
  }

  /** Returns the number of blocks on the diagonal, 1 if a Hadamard matrix of order n is known. */
  public int blocks() {
    return blocks;
  }

  /** Returns the order of a block: H·Hᵀ = order·I. */
  public int order() {
    return length / blocks;
  }

  /** Returns the factor beside the butterflies: ±1 inside the blocks, 0 outside; n/2^k rows and columns. */
  public byte[][] signs() {
    return signs;
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
    int m = signs.length;
    if (m == 1) {
      return;
    }
    double[] column = new double[m];
    for (int b = 0; b < stride; b++) {
      for (int i = 0; i < m; i++) {
        column[i] = x[offset + i * stride + b];
      }
      for (int a = 0; a < m; a++) {
        byte[] row = signs[a];
        double sum = 0;
        for (int i = 0; i < m; i++) {
          sum += row[i] * column[i];
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
    int m = signs.length;
    if (m == 1) {
      return;
    }
    long[] column = new long[m];
    for (int b = 0; b < stride; b++) {
      for (int i = 0; i < m; i++) {
        column[i] = x[offset + i * stride + b];
      }
      for (int a = 0; a < m; a++) {
        byte[] row = signs[a];
        long sum = 0;
        for (int i = 0; i < m; i++) {
          sum += row[i] * column[i];
        }
        x[offset + a * stride + b] = sum;
      }
    }
  }
}
