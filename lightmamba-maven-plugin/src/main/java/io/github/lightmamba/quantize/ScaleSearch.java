package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.NumericFormat;
import java.util.Arrays;

/**
 * Chooses the mantissas of the scales of some rows: at 8 bits the one at which nothing clips, at 4 bits, of 25, the one
 * with the least weighted square error. Immutable, thread-safe.
 *
 * <p>All groups of all rows are lanes of the inner loops, which run over them; each error is summed in the order of the
 * inputs.
 */
final class ScaleSearch {
  static final int MANTISSA_MAX = 255;

  /** The search tries scales down to this share of the one at which nothing clips. */
  private static final double SMALLEST_CLIP = 0.7;

  private static final int CLIP_STEPS = 24;

  private final int bits;
  private final int group;
  private final int groups;
  private final double[] importance;

  /**
   * Prepares a matrix.
   *
   * @param cols inputs
   * @param bits width of a weight, 8 or 4
   * @param group weights a scale, a divisor of {@code cols}
   * @param importance (cols): weights of the square errors, or null for 1
   */
  ScaleSearch(int cols, int bits, int group, double[] importance) {
    this.bits = bits;
    this.group = group;
    this.groups = cols / group;
    this.importance = importance;
  }

  /**
   * Chooses.
   *
   * @param rows (rows, cols)
   * @param units (rows): the value of mantissa 1, or 0 if the row is 0
   * @return (rows, groups), 0 to 255; 0 where all weights of the group are 0
   */
  int[][] mantissas(double[][] rows, double[] units) {
    int largest = NumericFormat.largest(bits);
    int[][] full = new int[rows.length][groups];
    for (int r = 0; r < rows.length; r++) {
      for (int g = 0; g < groups; g++) {
        double most = 0;
        for (int i = g * group; i < (g + 1) * group; i++) {
          most = Math.max(most, Math.abs(rows[r][i]));
        }
        full[r][g] = most == 0 ? 0 : (int) Math.min(MANTISSA_MAX, Math.ceil(most / largest / units[r]));
      }
    }
    return bits == Byte.SIZE ? full : new Search(rows, units, full).run();
  }

  /** The lanes of one search. */
  private final class Search {
    private final double[] units;
    private final int[][] full;
    private final int lanes;
    private final double[][] values; // (group, lanes), magnitudes: the errors are the same
    private final double[][] weights; // the same, or null
    private final double[] steps;
    private final double[] inverses;
    private final double[] errors;

    Search(double[][] rows, double[] units, int[][] full) {
      this.units = units;
      this.full = full;
      this.lanes = rows.length * groups;
      this.values = new double[group][lanes];
      this.weights = importance == null ? null : new double[group][lanes];
      this.steps = new double[lanes];
      this.inverses = new double[lanes];
      this.errors = new double[lanes];
      for (int r = 0; r < rows.length; r++) {
        for (int g = 0; g < groups; g++) {
          for (int k = 0; k < group; k++) {
            values[k][r * groups + g] = Math.abs(rows[r][g * group + k]);
          }
        }
      }
      for (int k = 0; weights != null && k < group; k++) {
        for (int lane = 0; lane < lanes; lane++) {
          weights[k][lane] = importance[lane % groups * group + k];
        }
      }
    }

    int[][] run() {
      int[] candidates = new int[lanes];
      int[] best = new int[lanes];
      double[] least = new double[lanes];
      Arrays.fill(least, Double.MAX_VALUE);
      for (int step = 0; step <= CLIP_STEPS; step++) {
        for (int lane = 0; lane < lanes; lane++) {
          int most = full[lane / groups][lane % groups];
          candidates[lane] =
              step == 0 ? most : (int) Math.round(most * (1 - (1 - SMALLEST_CLIP) * step / CLIP_STEPS));
          steps[lane] = candidates[lane] < 1 ? 1 : candidates[lane] * units[lane / groups];
          inverses[lane] = 1 / steps[lane];
        }
        sumErrors();
        for (int lane = 0; lane < lanes; lane++) {
          // The first of equals, the largest, stays.
          if (candidates[lane] >= 1 && errors[lane] < least[lane]) {
            least[lane] = errors[lane];
            best[lane] = candidates[lane];
          }
        }
      }
      int[][] result = new int[full.length][];
      for (int r = 0; r < result.length; r++) {
        result[r] = Arrays.copyOfRange(best, r * groups, (r + 1) * groups);
      }
      return result;
    }

    private void sumErrors() {
      double largest = NumericFormat.largest(bits);
      Arrays.fill(errors, 0);
      for (int k = 0; k < group; k++) {
        if (weights == null) {
          addErrors(errors, values[k], steps, inverses, largest);
        } else {
          addWeightedErrors(errors, values[k], steps, inverses, weights[k], largest);
        }
      }
    }
  }

  // One store and separate arrays in each loop: only so does the just-in-time compiler vectorise them.

  private static void addErrors(
      double[] errors, double[] values, double[] steps, double[] inverses, double largest) {
    for (int i = 0; i < errors.length; i++) {
      double rounded = Math.min(largest, Math.rint(values[i] * inverses[i]));
      double difference = values[i] - rounded * steps[i];
      errors[i] += difference * difference;
    }
  }

  private static void addWeightedErrors(
      double[] errors, double[] values, double[] steps, double[] inverses, double[] weights, double largest) {
    for (int i = 0; i < errors.length; i++) {
      double rounded = Math.min(largest, Math.rint(values[i] * inverses[i]));
      double difference = values[i] - rounded * steps[i];
      errors[i] += difference * difference * weights[i];
    }
  }
}
