package io.github.lightmamba.rotation;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.util.Arrays;

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

  /**
   * Transforms n values from {@code offset} on; exact if the sums fit into the mantissa. The order of every sum is
   * that of the stages one after the other, columns of the factor in their order.
   */
  public void apply(double[] x, int offset) {
    int half = 1;
    for (; 4 * half <= stride; half *= 4) {
      twoStages(x, offset, half);
    }
    if (half < stride) {
      oneStage(x, offset, half);
    }
    if (signs.length > 1) {
      factor(x, offset);
    }
  }

  private void oneStage(double[] x, int offset, int half) {
    for (int start = offset; start < offset + length; start += 2 * half) {
      for (int i = start; i < start + half; i++) {
        double a = x[i];
        double b = x[i + half];
        x[i] = a + b;
        x[i + half] = a - b;
      }
    }
  }

  /** The stages {@code half} and {@code 2·half} with one load and one store of every value. */
  private void twoStages(double[] x, int offset, int half) {
    for (int start = offset; start < offset + length; start += 4 * half) {
      for (int i = start; i < start + half; i++) {
        double a = x[i] + x[i + half];
        double b = x[i] - x[i + half];
        double c = x[i + 2 * half] + x[i + 3 * half];
        double d = x[i + 2 * half] - x[i + 3 * half];
        x[i] = a + c;
        x[i + half] = b + d;
        x[i + 2 * half] = a - c;
        x[i + 3 * half] = b - d;
      }
    }
  }

  private void factor(double[] x, int offset) {
    int m = signs.length;
    double[][] columns = new double[m][stride];
    for (int i = 0; i < m; i++) {
      System.arraycopy(x, offset + i * stride, columns[i], 0, stride);
    }
    double[] sums = new double[stride];
    for (int a = 0; a < m; a++) {
      byte[] row = signs[a];
      Arrays.fill(sums, 0);
      int i = 0;
      for (; i + 4 <= m; i += 4) {
        addFour(sums, row, i, columns[i], columns[i + 1], columns[i + 2], columns[i + 3]);
      }
      for (; i < m; i++) {
        addOne(sums, row[i], columns[i]);
      }
      System.arraycopy(sums, 0, x, offset + a * stride, stride);
    }
  }

  /** One store and separate arrays: only so is this vectorised. */
  private static void addFour(double[] sums, byte[] row, int i, double[] x0, double[] x1, double[] x2, double[] x3) {
    double s0 = row[i];
    double s1 = row[i + 1];
    double s2 = row[i + 2];
    double s3 = row[i + 3];
    for (int b = 0; b < sums.length; b++) {
      sums[b] = (((sums[b] + s0 * x0[b]) + s1 * x1[b]) + s2 * x2[b]) + s3 * x3[b];
    }
  }

  private static void addOne(double[] sums, double sign, double[] x) {
    for (int b = 0; b < sums.length; b++) {
      sums[b] += sign * x[b];
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
