package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedMatrix;
import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Quantizes a linear layer; {@code docs/numerics.md}, section 2. The scales of a row are fixed first, then its weights
 * are rounded against them: to
 * nearest, or with error feedback.
 */
final class MatrixQuantizer {
  /**
   * κ = 19 − ρ − f: the relative exponents, the fraction of 1/rms and the drop of the accumulator leave this constant.
   */
  static final int KAPPA_BASE =
      NumericFormat.RELATIVE_EXPONENT_MAX + NumericFormat.RSQRT_FRACTION - NumericFormat.ACCUMULATOR_DROP;

  private static final int MANTISSA_MAX = 255;

  /** The clip search tries scales down to this share of the one at which nothing clips. */
  private static final double SMALLEST_CLIP = 0.7;

  private static final int CLIP_STEPS = 24;

  /** Reads the effective weights of a row: norms, rotation and constant factors included. */
  @FunctionalInterface
  interface Rows {
    /** Reads row {@code row} into {@code target}, (cols). */
    void read(int row, double[] target);
  }

  private final String name;
  private final int cols;
  private final int bits;
  private final int group;
  private final ErrorFeedback feedback;

  /**
   * Prepares a matrix.
   *
   * @param name of the tensor, for messages
   * @param cols inputs
   * @param bits width of a weight, 8 or 4
   * @param group weights a scale, a divisor of {@code cols}
   * @param feedback of the calibrated inputs, or null to round to nearest
   */
  MatrixQuantizer(String name, int cols, int bits, int group, ErrorFeedback feedback) {
    this.name = name;
    this.cols = cols;
    this.bits = bits;
    this.group = group;
    this.feedback = feedback;
  }

  /** Prepares a matrix that is rounded to nearest in the default groups. */
  MatrixQuantizer(String name, int cols, int bits) {
    this(name, cols, bits, ModelShape.weightGroup(cols), null);
  }

  /**
   * Quantizes all rows, on all cores.
   *
   * @param fractions binary point f of the result of each row
   */
  QuantizedMatrix quantize(int rows, Rows source, IntUnaryOperator fractions) {
    byte[] weights = new byte[Math.multiplyExact(rows, cols)];
    byte[] mantissas = new byte[rows * (cols / group)];
    byte[] kappas = new byte[rows];
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              double[] values = new double[cols];
              source.read(row, values);
              kappas[row] = (byte) row(row, values, fractions.applyAsInt(row), weights, mantissas);
            });
    return new QuantizedMatrix(rows, cols, bits, group, ByteBuffer.wrap(weights), mantissas, kappas);
  }

  /** Quantizes one row and returns its κ. */
  private int row(int row, double[] values, int fraction, byte[] weights, byte[] mantissas) {
    int largest = NumericFormat.largest(bits);
    double most = 0;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (most == 0) {
      return 0;
    }
    // κ has to stay below 128: rows that small keep fewer bits of their scale.
    int natural = (int) Math.ceil(Math.log(most / largest / MANTISSA_MAX) / Math.log(2));
    int exponent = Math.max(natural, KAPPA_BASE - fraction - Byte.MAX_VALUE);
    int kappa = KAPPA_BASE - exponent - fraction;
    if (kappa < Byte.MIN_VALUE) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID,
          name + ", row " + row + ": the largest weight " + most
              + " is beyond the range of the integer format (kappa " + kappa + ", at least −128).",
          "check that the checkpoint is a trained model and not damaged.");
    }
    double unit = Math.scalb(1.0, exponent);
    int groups = cols / group;
    double[] steps = new double[groups];
    for (int g = 0; g < groups; g++) {
      int mantissa = mantissa(values, g * group, largest, unit);
      mantissas[row * groups + g] = (byte) mantissa;
      steps[g] = mantissa * unit;
    }
    for (int i = 0; i < cols; i++) {
      double step = steps[i / group];
      double rounded = step == 0 ? 0 : Math.max(-largest, Math.min(largest, Math.rint(values[i] / step)));
      weights[row * cols + i] = (byte) rounded;
      if (feedback != null) {
        feedback.spread(i, values[i] - rounded * step, values);
      }
    }
    return kappa;
  }

  /**
   * Returns the scale's mantissa of a group, 0 to 255: at 8 bits the one at which nothing clips, at 4 bits the one with
   * the least weighted square error.
   */
  private int mantissa(double[] values, int first, int largest, double unit) {
    double most = 0;
    for (int i = first; i < first + group; i++) {
      most = Math.max(most, Math.abs(values[i]));
    }
    int full = (int) Math.min(MANTISSA_MAX, Math.ceil(most / largest / unit));
    if (bits == Byte.SIZE || full == 0) {
      return full;
    }
    int best = full;
    double least = error(values, first, largest, full * unit);
    for (int step = 1; step <= CLIP_STEPS; step++) {
      int candidate = (int) Math.round(full * (1 - (1 - SMALLEST_CLIP) * step / CLIP_STEPS));
      double error = candidate < 1 ? Double.MAX_VALUE : error(values, first, largest, candidate * unit);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private double error(double[] values, int first, int largest, double step) {
    double sum = 0;
    for (int i = first; i < first + group; i++) {
      double rounded = Math.max(-largest, Math.min(largest, Math.rint(values[i] / step)));
      double difference = values[i] - rounded * step;
      sum += difference * difference * (feedback == null ? 1 : feedback.importance(i));
    }
    return sum;
  }
}
