package io.github.lightmamba.quantize;

import io.github.lightmamba.tensor.Gemm;
import io.github.lightmamba.tensor.HeapMatrix;
import io.github.lightmamba.tensor.Matrix;
import java.util.stream.IntStream;

/**
 * Weights for the inputs that arrive. In the quantized model the input of a linear layer is x̂, not x: its own rounding
 * and everything that was rounded before it. Of all weights W' those with the least {@code E‖W·x − W'·x̂‖² + δ‖W' − W‖²}
 * are {@code W·(E[x·x̂ᵀ] + δ)·(E[x̂·x̂ᵀ] + δ)⁻¹}: directions that carry little signal beside the rounding noise are taken
 * back, and errors of earlier layers that x̂ shows are undone ({@code docs/numerics.md}, section 2). Rounding with the
 * {@link #feedback() error feedback} of the same moments follows. Immutable, thread-safe.
 */
final class InputCorrection {
  /** δ, as a share of the mean of x̂²; on three trained models as good as half and twice of it, or better. */
  private static final double DAMPING = 0.1;

  /** Vectors that are solved together: the lanes of the inner loops. */
  private static final int LANES = 128;

  private final ErrorFeedback feedback;
  private final HeapMatrix factor; // C', with W' = W·C

  private InputCorrection(ErrorFeedback feedback, HeapMatrix factor) {
    this.feedback = feedback;
    this.factor = factor;
  }

  /** Solves; the statistics are used up. n³ multiplications and additions on all cores. */
  static InputCorrection of(PairedStatistics statistics) {
    ErrorFeedback feedback = ErrorFeedback.of(statistics.arrived(), DAMPING);
    int n = feedback.size();
    float[] factor = new float[Math.multiplyExact(n, n)];
    IntStream.range(0, (n + LANES - 1) / LANES)
        .parallel()
        .forEach(
            piece -> {
              int first = piece * LANES;
              int count = Math.min(LANES, n - first);
              double[][] lanes = new double[n][count];
              for (int lane = 0; lane < count; lane++) {
                double[] row = statistics.crossRow(first + lane);
                row[first + lane] += feedback.damping();
                for (int j = 0; j < n; j++) {
                  lanes[j][lane] = row[j];
                }
              }
              feedback.solve(lanes);
              for (int j = 0; j < n; j++) {
                for (int lane = 0; lane < count; lane++) {
                  factor[j * n + first + lane] = (float) lanes[j][lane];
                }
              }
            });
    return new InputCorrection(feedback, new HeapMatrix(factor, n, n));
  }

  /** Returns what the rounding of the weights has to know. */
  ErrorFeedback feedback() {
    return feedback;
  }

  /** Returns W', for W of (rows, n). */
  HeapMatrix apply(Matrix weights) {
    int rows = weights.rows();
    float[] corrected = new float[Math.multiplyExact(rows, weights.cols())];
    Gemm.multiply(factor, HeapMatrix.copyOf(weights).values(), rows, corrected);
    return new HeapMatrix(corrected, rows, weights.cols());
  }

  /** Returns the multiplications and additions of {@link #of} and, for some rows, of {@link #apply}. */
  static double work(int n, int rows) {
    return (double) n * n * (n + rows);
  }
}
