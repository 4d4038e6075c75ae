package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.limit;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
import static io.github.lightmamba.integer.FixedPoint.saturate;
import static io.github.lightmamba.integer.FixedPoint.shift;
import static io.github.lightmamba.integer.NumericFormat.ACCUMULATOR_DROP;
import static io.github.lightmamba.integer.NumericFormat.VALUE_BITS;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The product of quantized weights and activations with the norm's scalar; {@code docs/numerics.md}, section 2. */
final class IntegerGemm {
  private static final int ROW_BLOCK = 32;

  private IntegerGemm() {}

  /**
   * Computes P = shift(rnd(acc, 12)·u, κ + t, 32) for all rows and tokens.
   *
   * @param w (rows, cols)
   * @param x vectors of length cols
   * @param bias (rows), added after scaling, or empty
   * @param saturations counts saturated results
   * @return (rows, tokens)
   */
  static int[] multiply(QuantizedMatrix w, ActivationBatch x, int[] bias, Saturations saturations) {
    int[] result = new int[w.rows() * x.tokens];
    int blocks = (w.rows() + ROW_BLOCK - 1) / ROW_BLOCK;
    IntStream.range(0, blocks)
        .parallel()
        .forEach(
            block -> {
              long saturated = 0;
              Accumulator accumulator = new Accumulator(w, x, bias);
              int end = Math.min(w.rows(), (block + 1) * ROW_BLOCK);
              for (int row = block * ROW_BLOCK; row < end; row++) {
                saturated += accumulator.row(row, result);
              }
              saturations.add(Saturations.Kind.PROJECTION, saturated);
            });
    return result;
  }

  /** The exact accumulators of one row, all tokens. */
  private static final class Accumulator {
    private final QuantizedMatrix w;
    private final ActivationBatch x;
    private final int[] bias;
    private final long[] sums;
    private final long[] groupSums;
    private final int[] products;
    private final byte[] bytes;
    private final int[] weights;

    Accumulator(QuantizedMatrix w, ActivationBatch x, int[] bias) {
      this.bias = bias;
      this.w = w;
      this.x = x;
      this.sums = new long[x.tokens];
      this.groupSums = new long[x.tokens];
      this.products = new int[x.tokens];
      this.bytes = new byte[w.cols()];
      this.weights = new int[w.cols()];
    }

    /** Computes one row's results; returns how many saturated. */
    long row(int row, int[] result) {
      int tokens = x.tokens;
      w.readRow(row, bytes);
      for (int i = 0; i < w.cols(); i++) {
        weights[i] = bytes[i];
      }
      Arrays.fill(sums, 0);
      for (int g = 0; g < w.groups(); g++) {
        Arrays.fill(groupSums, 0);
        for (int i = g * w.group(); i < (g + 1) * w.group(); i += x.group) {
          Arrays.fill(products, 0);
          for (int k = i; k < i + x.group; k += 4) {
            addFour(products, weights, k, x.values[k], x.values[k + 1], x.values[k + 2], x.values[k + 3]);
          }
          addShifted(groupSums, products, x.leftShifts[i / x.group]);
        }
        addScaled(sums, groupSums, w.mantissas()[row * w.groups() + g] & 0xff);
      }
      long saturated = 0;
      for (int t = 0; t < tokens; t++) {
        long p = roundShift(sums[t], ACCUMULATOR_DROP) * x.mantissas[t];
        long value = shift(p, w.kappas()[row] + x.shifts[t], VALUE_BITS);
        if (bias.length != 0) {
          value = saturate(value + bias[row], VALUE_BITS);
        }
        saturated += Math.abs(value) == limit(VALUE_BITS) ? 1 : 0;
        result[row * tokens + t] = (int) value;
      }
      return saturated;
    }

    /** One store and separate arrays: with offsets into one array this is not vectorised (measured). */
    private static void addFour(int[] sums, int[] w, int i, int[] x0, int[] x1, int[] x2, int[] x3) {
      int w0 = w[i];
      int w1 = w[i + 1];
      int w2 = w[i + 2];
      int w3 = w[i + 3];
      for (int t = 0; t < sums.length; t++) {
        sums[t] += (w0 * x0[t] + w1 * x1[t]) + (w2 * x2[t] + w3 * x3[t]);
      }
    }

    private static void addShifted(long[] sums, int[] products, int[] shifts) {
      for (int t = 0; t < sums.length; t++) {
        sums[t] += (long) products[t] << shifts[t];
      }
    }

    private static void addScaled(long[] sums, long[] terms, long factor) {
      for (int t = 0; t < sums.length; t++) {
        sums[t] += terms[t] * factor;
      }
    }
  }
}
