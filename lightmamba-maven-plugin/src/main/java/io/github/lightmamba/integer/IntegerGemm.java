package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.limit;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
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
   * @param saturations counts saturated results
   * @return (rows, tokens)
   */
  static int[] multiply(QuantizedMatrix w, ActivationBatch x, Saturations saturations) {
    int[] result = new int[w.rows() * x.tokens];
    int blocks = (w.rows() + ROW_BLOCK - 1) / ROW_BLOCK;
    IntStream.range(0, blocks)
        .parallel()
        .forEach(
            block -> {
              long saturated = 0;
              Accumulator accumulator = new Accumulator(w, x);
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
    private final long[] sums;
    private final long[] groupSums;
    private final int[] products;
    private final byte[] bytes;
    private final int[] weights;

    Accumulator(QuantizedMatrix w, ActivationBatch x) {
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
          products(i);
          int a = i / x.group;
          for (int t = 0; t < tokens; t++) {
            groupSums[t] += (long) products[t] << x.leftShifts[a * tokens + t];
          }
        }
        long mantissa = w.mantissas()[row * w.groups() + g] & 0xff;
        for (int t = 0; t < tokens; t++) {
          sums[t] += groupSums[t] * mantissa;
        }
      }
      long saturated = 0;
      for (int t = 0; t < tokens; t++) {
        long p = roundShift(sums[t], ACCUMULATOR_DROP) * x.mantissas[t];
        long value = shift(p, w.kappas()[row] + x.shifts[t], VALUE_BITS);
        saturated += Math.abs(value) == limit(VALUE_BITS) ? 1 : 0;
        result[row * tokens + t] = (int) value;
      }
      return saturated;
    }

    private void products(int first) {
      int tokens = x.tokens;
      int[] v = x.values;
      int end = first + x.group;
      if (tokens == 1) {
        int sum = 0;
        for (int i = first; i < end; i++) {
          sum += weights[i] * v[i];
        }
        products[0] = sum;
        return;
      }
      Arrays.fill(products, 0);
      int i = first;
      // Four inputs a pass: the products stay in registers for four multiplications instead of one.
      for (; i + 4 <= end; i += 4) {
        int w0 = weights[i];
        int w1 = weights[i + 1];
        int w2 = weights[i + 2];
        int w3 = weights[i + 3];
        int base = i * tokens;
        for (int t = 0; t < tokens; t++) {
          products[t] += w0 * v[base + t] + w1 * v[base + tokens + t] + w2 * v[base + 2 * tokens + t] + w3 * v[base + 3 * tokens + t];
        }
      }
      for (; i < end; i++) {
        int base = i * tokens;
        for (int t = 0; t < tokens; t++) {
          products[t] += weights[i] * v[base + t];
        }
      }
    }
  }
}
