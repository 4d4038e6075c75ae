package io.github.lightmamba.quantize;

import io.github.lightmamba.tensor.Gemm;
import io.github.lightmamba.tensor.HeapMatrix;
import java.util.Arrays;

/**
 * Second moments of a linear layer's inputs as they arrive in the quantized model, x̂, and of these with what they should
 * be, x: E[x̂·x̂ᵀ] and E[x·x̂ᵀ]. 12·n² bytes. Belongs to one thread.
 */
final class PairedStatistics {
  /** Rows of the moments that are multiplied at a time. */
  private static final int BLOCK_ROWS = 256;

  private final InputStatistics rounded;
  private final double[][] cross; // x_i·x̂_j, summed, at [i][j]
  private long vectors;

  /** Starts at zero, for inputs of length {@code size}. */
  PairedStatistics(int size) {
    this.rounded = new InputStatistics(size);
    this.cross = new double[size][size];
  }

  /**
   * Adds inputs, on all cores.
   *
   * @param exact x, (tokens, size)
   * @param arrived x̂, (tokens, size)
   */
  void add(int tokens, float[] exact, float[] arrived) {
    int size = cross.length;
    rounded.add(tokens, arrived);
    HeapMatrix columns = new HeapMatrix(InputStatistics.transposed(arrived, tokens, size), size, tokens);
    float[] transposed = InputStatistics.transposed(exact, tokens, size);
    for (int first = 0; first < size; first += BLOCK_ROWS) {
      int rows = Math.min(BLOCK_ROWS, size - first);
      float[] products = new float[rows * size];
      float[] block = Arrays.copyOfRange(transposed, first * tokens, (first + rows) * tokens);
      Gemm.multiply(columns, block, rows, products);
      for (int r = 0; r < rows; r++) {
        double[] row = cross[first + r];
        for (int i = 0; i < size; i++) {
          row[i] += products[r * size + i];
        }
      }
    }
    vectors += tokens;
  }

  /** Returns E[x̂·x̂ᵀ]. */
  InputStatistics arrived() {
    return rounded;
  }

  /** Returns E[x_i·x̂_j] for j = 0 .. size - 1; a copy. */
  double[] crossRow(int i) {
    double[] row = cross[i].clone();
    for (int j = 0; j < row.length; j++) {
      row[j] /= vectors;
    }
    return row;
  }

  /** Returns the multiplications and additions of {@link #add} for a number of inputs of length n. */
  static double work(int n, int tokens) {
    return 1.5 * n * n * tokens;
  }
}
