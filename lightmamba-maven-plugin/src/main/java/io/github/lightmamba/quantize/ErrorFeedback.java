package io.github.lightmamba.quantize;

import java.util.stream.IntStream;

/**
 * GPTQ on the inputs that the integer model multiplies: weights are rounded one after the other, and those that follow
 * take over the errors made so far.
 *
 * <p>GPTQ (Frantar et al., arXiv 2210.17323, algorithm 1) spreads the error of weight i over the weights after it with
 * the Cholesky factor of {@code H⁻¹}, {@code H = E[x̂·x̂ᵀ]}. Here the same value is gathered instead: with {@code H =
 * W·Wᵀ}, W upper triangular, the square error of a row is {@code ‖(w − q)·W‖²}, its component j depends on the weights
 * up to j only and is least if q(j) is {@code w(j) + Σ_{i<j} (w(i) − q(i))·W(i,j)/W(j,j)}, rounded (Chen et al., arXiv
 * 2507.18553: both are Babai's nearest plane). So nothing has to be inverted. Immutable, thread-safe.
 */
final class ErrorFeedback {
  /**
   * Share of the mean diagonal that is added to the diagonal, so that inputs that never occurred have an inverse;
   * measured between 0.01 and 0.03.
   */
  static final double DAMPING = 0.03;

  /** Rows that are factorised together. */
  private static final int PANEL_ROWS = 64;

  /** Columns of a panel that stay in the second-level cache, and in the first one with one row below. */
  private static final int TILE_COLS = 1024;

  /** Rows of one parallel piece. */
  private static final int PIECE_ROWS = 32;

  private final double[][] coefficients;
  private final double[] importance;
  private final double[] pivots;
  private final double damping;

  private ErrorFeedback(double[][] coefficients, double[] importance, double[] pivots, double damping) {
    this.coefficients = coefficients;
    this.importance = importance;
    this.pivots = pivots;
    this.damping = damping;
  }

  /** The same, with the usual {@link #DAMPING}. */
  static ErrorFeedback of(InputStatistics statistics) {
    return of(statistics, DAMPING);
  }

  /**
   * Factorises the statistics of a layer's inputs, in their place: they are of no use afterwards.
   *
   * <p>n³/6 multiplications and additions on all cores; the result does not depend on how many there are.
   *
   * @param share of the mean diagonal that is added to the diagonal
   */
  static ErrorFeedback of(InputStatistics statistics, double share) {
    double[][] moments = statistics.takeMean();
    int n = moments.length;
    double[] importance = new double[n];
    double trace = 0;
    for (int i = 0; i < n; i++) {
      importance[i] = moments[i][i];
      trace += importance[i];
    }
    double damping = share * trace / n + Double.MIN_NORMAL;
    for (int i = 0; i < n; i++) {
      moments[i][i] += damping;
    }
    factorise(moments);
    double[] pivots = new double[n];
    for (double[] row : moments) {
      double diagonal = row[row.length - 1];
      pivots[row.length - 1] = diagonal * diagonal;
      for (int i = 0; i < row.length; i++) {
        row[i] /= diagonal;
      }
    }
    return new ErrorFeedback(moments, importance, pivots, damping);
  }

  /** Replaces the lower triangle of H by Wᵀ: rows from the last to the first, a panel at a time. */
  private static void factorise(double[][] rows) {
    for (int end = rows.length; end > 0; end -= PANEL_ROWS) {
      int first = Math.max(0, end - PANEL_ROWS);
      corner(rows, first, end);
      int top = first;
      int last = end;
      tiles(first).parallel().forEach(tile -> panelTile(rows, top, last, tile));
      pieces(first).parallel().forEach(piece -> subtract(rows, top, last, piece));
    }
  }

  private static IntStream tiles(int cols) {
    return IntStream.range(0, (cols + TILE_COLS - 1) / TILE_COLS);
  }

  private static IntStream pieces(int count) {
    return IntStream.range(0, (count + PIECE_ROWS - 1) / PIECE_ROWS);
  }

  /** The square of a panel on the diagonal. */
  private static void corner(double[][] rows, int first, int end) {
    for (int k = end - 1; k >= first; k--) {
      double[] row = rows[k];
      for (int above = k + 1; above < end; above++) {
        subtractOne(row, first, k + 1, rows[above][k], rows[above]);
      }
      if (!(row[k] > 0)) {
        throw new IllegalStateException("the second moments of " + rows.length + " inputs are not positive definite");
      }
      double root = Math.sqrt(row[k]);
      for (int a = first; a < k; a++) {
        row[a] /= root;
      }
      row[k] = root;
    }
  }

  /** The columns of a panel left of its square. */
  private static void panelTile(double[][] rows, int first, int end, int tile) {
    int from = tile * TILE_COLS;
    int to = Math.min(first, from + TILE_COLS);
    for (int k = end - 1; k >= first; k--) {
      double[] row = rows[k];
      for (int above = k + 1; above < end; above++) {
        subtractOne(row, from, to, rows[above][k], rows[above]);
      }
      double root = row[k];
      for (int a = from; a < to; a++) {
        row[a] /= root;
      }
    }
  }

  /** Takes a panel out of some rows before it. */
  private static void subtract(double[][] rows, int first, int end, int piece) {
    int pieceEnd = Math.min(first, (piece + 1) * PIECE_ROWS);
    for (int from = 0; from < pieceEnd; from += TILE_COLS) {
      for (int b = Math.max(from, piece * PIECE_ROWS); b < pieceEnd; b++) {
        int to = Math.min(b + 1, from + TILE_COLS);
        int k = first;
        for (; k + 4 <= end; k += 4) {
          subtractFour(rows[b], from, to, b, rows[k], rows[k + 1], rows[k + 2], rows[k + 3]);
        }
        for (; k < end; k++) {
          subtractOne(rows[b], from, to, rows[k][b], rows[k]);
        }
      }
    }
  }

  // One store and separate arrays in each loop: only so does the just-in-time compiler vectorise them.

  private static void subtractFour(
      double[] row, int from, int to, int b, double[] x0, double[] x1, double[] x2, double[] x3) {
    double f0 = x0[b];
    double f1 = x1[b];
    double f2 = x2[b];
    double f3 = x3[b];
    for (int a = from; a < to; a++) {
      row[a] -= (f0 * x0[a] + f1 * x1[a]) + (f2 * x2[a] + f3 * x3[a]);
    }
  }

  private static void subtractOne(double[] row, int from, int to, double factor, double[] x) {
    for (int a = from; a < to; a++) {
      row[a] -= factor * x[a];
    }
  }

  /** Returns what was added to the diagonal of H. */
  double damping() {
    return damping;
  }

  /**
   * Replaces row vectors t by t·H⁻¹, H with its damping.
   *
   * @param lanes (size, vectors): component j of every vector side by side
   */
  void solve(double[][] lanes) {
    // H = (C·D)·Cᵀ with the unit triangle C of the coefficients and the pivots D.
    for (int j = lanes.length - 1; j >= 0; j--) {
      double[] column = coefficients[j];
      for (int i = 0; i < j; i++) {
        subtractOne(lanes[i], 0, lanes[i].length, column[i], lanes[j]);
      }
    }
    for (int j = 0; j < lanes.length; j++) {
      double[] column = coefficients[j];
      for (int t = 0; t < lanes[j].length; t++) {
        lanes[j][t] /= pivots[j];
      }
      for (int i = 0; i < j; i++) {
        subtractOne(lanes[j], 0, lanes[j].length, column[i], lanes[i]);
      }
    }
  }

  /** Returns the number of inputs. */
  int size() {
    return importance.length;
  }

  /** Returns the mean square of every input, (size); shared, not to be changed. */
  double[] importance() {
    return importance;
  }

  /**
   * Returns what the deviations of the weights before weight {@code index} add to it: W(i,j)/W(j,j) at i, j the index;
   * (index + 1), the last one is 1. Shared, not to be changed.
   */
  double[] coefficients(int index) {
    return coefficients[index];
  }

  /** Returns the multiplications and additions that {@link #of} does for n inputs. */
  static double work(int n) {
    return (double) n * n * n / 6;
  }
}
