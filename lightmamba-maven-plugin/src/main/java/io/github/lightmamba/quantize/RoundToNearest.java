package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedMatrix;
import java.nio.ByteBuffer;

/** Quantizes a linear layer row by row to nearest; {@code docs/numerics.md}, section 2. Not thread-safe: one object fills one matrix. */
final class RoundToNearest {
  /** κ = 19 − ρ − f: the drop of the accumulator, the relative exponents and the fraction of 1/rms leave this constant. */
  private static final int KAPPA_BASE =
      NumericFormat.RELATIVE_EXPONENT_MAX + NumericFormat.RSQRT_FRACTION - NumericFormat.ACCUMULATOR_DROP;

  private static final int MANTISSA_MAX = 255;

  private final String name;
  private final int cols;
  private final int bits;
  private final int group;
  private final byte[] weights;
  private final byte[] mantissas;
  private final byte[] kappas;
  private final int groups;

  /**
   * Starts a matrix.
   *
   * @param name of the tensor, for messages
   * @param bits width of a weight, 8 or 4
   */
  RoundToNearest(String name, int rows, int cols, int bits) {
    this.name = name;
    this.cols = cols;
    this.bits = bits;
    this.group = ModelShape.weightGroup(cols);
    this.weights = new byte[rows * cols];
    this.mantissas = new byte[rows * (cols / group)];
    this.kappas = new byte[rows];
    this.groups = cols / group;
  }

  /**
   * Quantizes one row.
   *
   * @param row its index
   * @param values (cols), the effective weights: norms, rotation and constant factors included
   * @param fraction binary point f of the row's result
   */
  void row(int row, double[] values, int fraction) {
    int largest = NumericFormat.largest(bits);
    double most = 0;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (most == 0) {
      return;
    }
    // κ has to stay below 128: rows that small keep fewer bits of their scale.
    int exponent = Math.max((int) Math.ceil(log2(most / largest / MANTISSA_MAX)), KAPPA_BASE - fraction - Byte.MAX_VALUE);
    int kappa = KAPPA_BASE - exponent - fraction;
    if (kappa < Byte.MIN_VALUE) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID,
          name + ", row " + row + ": the largest weight " + most + " is beyond the range of the integer format (kappa " + kappa + ", at least −128).",
          "check that the checkpoint is a trained model and not damaged.");
    }
    kappas[row] = (byte) kappa;
    double unit = Math.scalb(1.0, exponent);
    for (int g = 0; g < groups; g++) {
      double groupMost = 0;
      for (int i = g * group; i < (g + 1) * group; i++) {
        groupMost = Math.max(groupMost, Math.abs(values[i]));
      }
      long mantissa = (long) Math.ceil(groupMost / largest / unit);
      mantissas[row * groups + g] = (byte) Math.min(mantissa, MANTISSA_MAX);
      double step = Math.min(mantissa, MANTISSA_MAX) * unit;
      for (int i = g * group; i < (g + 1) * group && step > 0; i++) {
        weights[row * cols + i] = (byte) Math.max(-largest, Math.min(largest, Math.rint(values[i] / step)));
      }
    }
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** Returns the matrix of all rows; rows that were not given are zero. */
  QuantizedMatrix matrix() {
    return new QuantizedMatrix(kappas.length, cols, bits, group, ByteBuffer.wrap(weights), mantissas, kappas);
  }
}
