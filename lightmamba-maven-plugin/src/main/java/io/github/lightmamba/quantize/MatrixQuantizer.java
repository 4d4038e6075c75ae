package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedMatrix;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
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

  /** Values of the rows whose scales are searched together; with their temporaries they stay in the caches. */
  private static final int SEARCH_VALUES = 32 * 1024;

  /** Rows that are rounded together with error feedback: the lanes of the inner loops. */
  private static final int FEEDBACK_ROWS = 256;

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
  private final ScaleSearch search;

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
    this.search = new ScaleSearch(cols, bits, group, feedback == null ? null : feedback.importance());
  }

  /** Prepares a matrix that is rounded to nearest in the default groups. */
  MatrixQuantizer(String name, int cols, int bits) {
    this(name, cols, bits, ModelShape.weightGroup(cols), null);
  }

  /**
   * Quantizes all rows.
   *
   * @param fractions binary point f of the result of each row
   */
  QuantizedMatrix quantize(int rows, Rows source, IntUnaryOperator fractions) {
    return quantize(0, rows, source, fractions, count -> {});
  }

  /**
   * Quantizes some rows, on all cores; a row's result depends neither on their number nor on the rows beside it.
   *
   * @param first the first row
   * @param rows how many; the result has these only
   * @param fractions binary point f of the result of each row
   * @param done is told how many more rows are done, by any thread
   */
  QuantizedMatrix quantize(int first, int rows, Rows source, IntUnaryOperator fractions, IntConsumer done) {
    Target target =
        new Target(
            first, new byte[Math.multiplyExact(rows, cols)], new byte[rows * (cols / group)], new byte[rows]);
    int pieceRows = feedback == null ? Math.max(1, SEARCH_VALUES / cols) : FEEDBACK_ROWS;
    IntStream.range(0, (rows + pieceRows - 1) / pieceRows)
        .parallel()
        .forEach(
            piece -> {
              int start = piece * pieceRows;
              int count = Math.min(pieceRows, rows - start);
              if (feedback == null) {
                nearest(start, count, source, fractions, target);
              } else {
                withFeedback(start, count, source, fractions, target);
              }
              done.accept(count);
            });
    return new QuantizedMatrix(
        rows, cols, bits, group, ByteBuffer.wrap(target.weights), target.mantissas, target.kappas);
  }

  /** Where results go; rows are counted from {@code first}. */
  private record Target(int first, byte[] weights, byte[] mantissas, byte[] kappas) {}

  private void nearest(int start, int count, Rows source, IntUnaryOperator fractions, Target target) {
    double[][] values = new double[count][cols];
    double[][] steps = scales(start, values, source, fractions, target);
    int largest = NumericFormat.largest(bits);
    double[] rounded = new double[cols];
    for (int r = 0; r < count; r++) {
      double[] wide = new double[cols];
      for (int g = 0; g < steps[r].length; g++) {
        Arrays.fill(wide, g * group, (g + 1) * group, steps[r][g]);
      }
      round(rounded, values[r], wide, largest);
      int row = (start + r) * cols;
      for (int i = 0; i < cols; i++) {
        target.weights[row + i] = (byte) rounded[i];
      }
    }
  }

  /**
   * Chooses κ and the scales of some rows.
   *
   * @param values receives the rows
   * @return the steps, (rows, groups): a scale, or for zeros the largest double, by which every quotient rounds to 0
   */
  private double[][] scales(int start, double[][] values, Rows source, IntUnaryOperator fractions, Target target) {
    int groups = cols / group;
    double[] units = new double[values.length];
    for (int r = 0; r < values.length; r++) {
      int row = target.first + start + r;
      source.read(row, values[r]);
      units[r] = unit(row, values[r], fractions.applyAsInt(row), start + r, target.kappas);
    }
    int[][] mantissas = search.mantissas(values, units);
    double[][] steps = new double[values.length][groups];
    for (int r = 0; r < values.length; r++) {
      for (int g = 0; g < groups; g++) {
        int mantissa = mantissas[r][g];
        target.mantissas[(start + r) * groups + g] = (byte) mantissa;
        steps[r][g] = mantissa == 0 ? Double.MAX_VALUE : mantissa * units[r];
      }
    }
    return steps;
  }

  /** Stores κ of a row and returns its 2^ρ, 0 if the row is 0. */
  private double unit(int row, double[] values, int fraction, int index, byte[] kappas) {
    int largest = NumericFormat.largest(bits);
    double most = 0;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (most == 0) {
      return 0;
    }
    // κ has to stay below 128: rows that small keep fewer bits of their scale.
    int natural = (int) Math.ceil(Math.log(most / largest / ScaleSearch.MANTISSA_MAX) / Math.log(2));
    int exponent = Math.max(natural, KAPPA_BASE - fraction - Byte.MAX_VALUE);
    int kappa = KAPPA_BASE - exponent - fraction;
    if (kappa < Byte.MIN_VALUE) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID,
          name + ", row " + row + ": the largest weight " + most
              + " is beyond the range of the integer format (kappa " + kappa + ", at least −128).",
          "check that the checkpoint is a trained model and not damaged.");
    }
    kappas[index] = (byte) kappa;
    return Math.scalb(1.0, exponent);
  }

  /** Rows side by side: weight j of all of them takes over the deviations of the weights before it, then is rounded. */
  private void withFeedback(int start, int count, Rows source, IntUnaryOperator fractions, Target target) {
    double[][] deviations = new double[cols][count]; // first the weights themselves
    double[][] steps = new double[cols / group][count];
    int part = Math.max(1, SEARCH_VALUES / cols);
    for (int first = 0; first < count; first += part) {
      double[][] values = new double[Math.min(part, count - first)][cols];
      double[][] rowSteps = scales(start + first, values, source, fractions, target);
      for (int r = 0; r < values.length; r++) {
        for (int i = 0; i < cols; i++) {
          deviations[i][first + r] = values[r][i];
        }
        for (int g = 0; g < steps.length; g++) {
          steps[g][first + r] = rowSteps[r][g];
        }
      }
    }
    new FeedbackRounding(feedback, deviations, NumericFormat.largest(bits))
        .run(
            index -> steps[index / group],
            (index, rounded) -> {
              for (int r = 0; r < count; r++) {
                target.weights[(start + r) * cols + index] = (byte) rounded[r];
              }
            });
  }

  /** Rounds to multiples of steps, halves to even, within ±largest. */
  static void round(double[] rounded, double[] values, double[] steps, double largest) {
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Math.max(-largest, Math.min(largest, Math.rint(values[i] / steps[i])));
    }
  }
}
