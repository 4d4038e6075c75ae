package io.github.lightmamba.quantize;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Rounds the weights of some rows one column after the other, with {@link ErrorFeedback}. Rows are lanes: the inner
 * loops run over them, and the order of every sum depends on the columns only. Belongs to one thread.
 */
final class FeedbackRounding {
  /** Columns whose sums over the columns before them are built together. */
  private static final int BLOCK_COLS = 32;

  /** Columns that are added at a time to all sums of a block; with 256 lanes they stay in the first-level cache. */
  private static final int SLAB_COLS = 16;

  private final ErrorFeedback feedback;
  private final double[][] deviations;
  private final double largest;

  /** Takes the integers of a column. */
  @FunctionalInterface
  interface Sink {
    /** Takes column {@code index}; {@code rounded} is used again. */
    void take(int index, double[] rounded);
  }

  /**
   * Prepares some rows.
   *
   * @param deviations (cols, lanes), the weights; what rounding did to them afterwards: weight minus rounded one
   * @param largest magnitude of an integer
   */
  FeedbackRounding(ErrorFeedback feedback, double[][] deviations, double largest) {
    this.feedback = feedback;
    this.deviations = deviations;
    this.largest = largest;
  }

  /**
   * Rounds.
   *
   * @param steps of a column, (lanes), not 0
   * @param sink takes the integers, first column to last
   */
  void run(IntFunction<double[]> steps, Sink sink) {
    int cols = deviations.length;
    int lanes = deviations[0].length;
    double[][] sums = new double[BLOCK_COLS][lanes];
    double[] rounded = new double[lanes];
    for (int first = 0; first < cols; first += BLOCK_COLS) {
      int end = Math.min(cols, first + BLOCK_COLS);
      before(first, end, sums);
      for (int j = first; j < end; j++) {
        double[] sum = sums[j - first];
        double[] coefficients = feedback.coefficients(j);
        for (int i = first; i < j; i++) {
          addOne(sum, coefficients[i], deviations[i]);
        }
        double[] step = steps.apply(j);
        add(sum, deviations[j]);
        MatrixQuantizer.round(rounded, sum, step, largest);
        subtractProduct(deviations[j], rounded, step);
        sink.take(j, rounded);
      }
    }
  }

  /** Sums what the columns before a block add to each column of it. */
  private void before(int first, int end, double[][] sums) {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0);
    }
    for (int slab = 0; slab < first; slab += SLAB_COLS) {
      for (int j = first; j < end; j++) {
        double[] coefficients = feedback.coefficients(j);
        for (int i = slab; i < slab + SLAB_COLS; i += 4) {
          addFour(
              sums[j - first],
              coefficients,
              i,
              deviations[i],
              deviations[i + 1],
              deviations[i + 2],
              deviations[i + 3]);
        }
      }
    }
  }

  // One store and separate arrays in each loop: only so does the just-in-time compiler vectorise them.

  private static void addFour(double[] sums, double[] f, int i, double[] x0, double[] x1, double[] x2, double[] x3) {
    double f0 = f[i];
    double f1 = f[i + 1];
    double f2 = f[i + 2];
    double f3 = f[i + 3];
    for (int t = 0; t < sums.length; t++) {
      sums[t] += (f0 * x0[t] + f1 * x1[t]) + (f2 * x2[t] + f3 * x3[t]);
    }
  }

  private static void addOne(double[] sums, double factor, double[] x) {
    for (int t = 0; t < sums.length; t++) {
      sums[t] += factor * x[t];
    }
  }

  private static void add(double[] sums, double[] x) {
    for (int t = 0; t < sums.length; t++) {
      sums[t] += x[t];
    }
  }

  private static void subtractProduct(double[] x, double[] rounded, double[] step) {
    for (int t = 0; t < x.length; t++) {
      x[t] -= rounded[t] * step[t];
    }
  }
}
