package io.github.lightmamba.quantize;

import io.github.lightmamba.tensor.Gemm;
import io.github.lightmamba.tensor.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Second moments E[x̂·x̂ᵀ] of a linear layer's inputs, as the activation quantizer leaves them: how much an error of
 * each weight, and each pair of weights, costs. Holds the lower triangle, 4·n² bytes. Belongs to one thread.
 */
final class InputStatistics {
  /** Rows of the moments that are multiplied at a time. */
  private static final int BLOCK_ROWS = 256;

  private final int size;
  private double[][] moments;
  private long vectors;

  /** The first rows of a transposed batch. */
  private record FirstRows(float[] values, int rows, int cols) implements Matrix {
    @Override
    public void readRow(int row, float[] target, int offset) {
      System.arraycopy(values, row * cols, target, offset, cols);
    }
  }

  /**
   * Starts at zero.
   *
   * @param size n, length of an input
   */
  InputStatistics(int size) {
    this.size = size;
    this.moments = new double[size][];
    for (int i = 0; i < size; i++) {
      moments[i] = new double[i + 1];
    }
  }

  /**
   * Adds inputs, on all cores.
   *
   * @param rounded (tokens, size), as {@link ActivationRounding#rounded} leaves them
   */
  void add(int tokens, float[] rounded) {
    float[] transposed = transposed(rounded, tokens, size);
    for (int first = 0; first < size; first += BLOCK_ROWS) {
      int rows = Math.min(BLOCK_ROWS, size - first);
      int cols = first + rows; // up to the last row of the block: the triangle and little more
      float[] block = Arrays.copyOfRange(transposed, first * tokens, cols * tokens);
      float[] products = new float[rows * cols];
      Gemm.multiply(new FirstRows(transposed, cols, tokens), block, rows, products);
      for (int r = 0; r < rows; r++) {
        double[] row = moments[first + r];
        for (int i = 0; i < row.length; i++) {
          row[i] += products[r * cols + i];
        }
      }
    }
    vectors += tokens;
  }

  /** Turns (tokens, size) into (size, tokens). */
  static float[] transposed(float[] values, int tokens, int size) {
    float[] result = new float[size * tokens];
    IntStream.range(0, size)
        .parallel()
        .forEach(
            i -> {
              for (int t = 0; t < tokens; t++) {
                result[i * tokens + t] = values[t * size + i];
              }
            });
    return result;
  }

  /** Returns n. */
  int size() {
    return size;
  }

  /** Returns the mean of x̂_i·x̂_j at [i][j], j up to i; this object is empty afterwards. */
  double[][] takeMean() {
    double[][] mean = moments;
    moments = null;
    for (double[] row : mean) {
      for (int i = 0; i < row.length; i++) {
        row[i] /= vectors;
      }
    }
    return mean;
  }

  /** Returns the multiplications and additions of {@link #add} for a number of inputs of length n. */
  static double work(int n, int tokens) {
    return (double) n * n / 2 * tokens;
  }
}
