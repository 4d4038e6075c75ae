package io.github.lightmamba.tensor;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The product of a matrix with a batch of vectors in 32-bit floats.
 *
 * <p><i>Computes</i> {@code y[t][r] = sum_i w[r][i] * x[t][i]}. <i>Order of the sum</i>: columns in steps of four,
 * {@code acc += (w0*x0 + w1*x1) + (w2*x2 + w3*x3)}, then the columns that are left one by one. The order is the same
 * for every batch size, block and thread, so a token's result does not depend, to the last bit, on the tokens beside
 * it. <i>Error</i>: at most about {@code (cols / 4 + 3) * 2^-24 * sum |w*x|}.
 *
 * <p>The batch is transposed, so that the inner loop runs over tokens and needs no float reduction, which the
 * just-in-time compiler does not vectorise.
 */
public final class Gemm {
  /** Tokens of a transposed block: the inner loops run over them. */
  private static final int BLOCK_TOKENS = 256;

  /**
   * Columns of a block that are multiplied with a strip of rows before the next ones; with the accumulators they stay
   * inside a 1 MiB second-level cache.
   */
  private static final int TILE_COLS = 512;

  /** Fewer tokens than this do not fill the lanes of a vector, and are multiplied one by one. */
  private static final int BATCH_TOKENS = 8;

  /** Rows whose results are written together: one cache line of each token. */
  private static final int STRIP_ROWS = 16;

  /** Rows of one parallel piece. */
  private static final int PIECE_ROWS = 64;

  private Gemm() {}

  /**
   * Multiplies.
   *
   * @param w the matrix, (rows, cols)
   * @param x the vectors, (tokens, cols) row-major; may be longer
   * @param tokens how many vectors
   * @param y receives the results, (tokens, rows) row-major; may be longer; must not be {@code x}
   */
  public static void multiply(Matrix w, float[] x, int tokens, float[] y) {
    int rows = w.rows();
    int cols = w.cols();
    if (x.length < (long) tokens * cols || y.length < (long) tokens * rows) {
      throw new IllegalArgumentException(
          "x has " + x.length + ", y " + y.length + " values for " + tokens + " tokens of " + rows + " x " + cols);
    }
    int pieces = (rows + PIECE_ROWS - 1) / PIECE_ROWS;
    if (tokens < BATCH_TOKENS) {
      pieces(
          pieces, piece -> fewPiece(w, x, tokens, y, piece * PIECE_ROWS, Math.min(rows, (piece + 1) * PIECE_ROWS)));
      return;
    }
    for (int first = 0; first < tokens; first += BLOCK_TOKENS) {
      int start = first;
      int count = Math.min(BLOCK_TOKENS, tokens - first);
      float[][] transposed = transpose(x, start, count, cols);
      pieces(
          pieces,
          piece -> {
            int end = Math.min(rows, (piece + 1) * PIECE_ROWS);
            blockPiece(w, transposed, count, y, start, piece * PIECE_ROWS, end);
          });
    }
  }

  private static void pieces(int count, IntConsumer work) {
    IntStream all = IntStream.range(0, count);
    (count > 1 ? all.parallel() : all).forEach(work);
  }

  private static float[][] transpose(float[] x, int firstToken, int tokens, int cols) {
    float[][] transposed = new float[cols][tokens];
    for (int t = 0; t < tokens; t++) {
      int from = (firstToken + t) * cols;
      for (int i = 0; i < cols; i++) {
        transposed[i][t] = x[from + i];
      }
    }
    return transposed;
  }

  private static void blockPiece(Matrix w, float[][] xt, int tokens, float[] y, int firstToken, int row, int end) {
    int rows = w.rows();
    int cols = w.cols();
    int cols4 = cols & ~3;
    float[][] weights = new float[STRIP_ROWS][cols];
    float[][] sums = new float[STRIP_ROWS][tokens];
    for (int r = row; r < end; r += STRIP_ROWS) {
      int strip = Math.min(STRIP_ROWS, end - r);
      for (int k = 0; k < strip; k++) {
        w.readRow(r + k, weights[k], 0);
        Arrays.fill(sums[k], 0f);
      }
      for (int tile = 0; tile < cols; tile += TILE_COLS) {
        int tileEnd = Math.min(cols4, tile + TILE_COLS);
        for (int k = 0; k < strip; k++) {
          for (int i = tile; i < tileEnd; i += 4) {
            addFour(sums[k], weights[k], i, xt[i], xt[i + 1], xt[i + 2], xt[i + 3]);
          }
        }
      }
      for (int k = 0; k < strip; k++) {
        for (int i = cols4; i < cols; i++) {
          addOne(sums[k], weights[k][i], xt[i]);
        }
      }
      for (int t = 0; t < tokens; t++) {
        int target = (firstToken + t) * rows + r;
        for (int k = 0; k < strip; k++) {
          y[target + k] = sums[k][t];
        }
      }
    }
  }

  /** One store and separate arrays: with two stores, or offsets into one array, this is not vectorised (measured). */
  private static void addFour(float[] sums, float[] w, int i, float[] x0, float[] x1, float[] x2, float[] x3) {
    float w0 = w[i];
    float w1 = w[i + 1];
    float w2 = w[i + 2];
    float w3 = w[i + 3];
    for (int t = 0; t < sums.length; t++) {
      sums[t] += (w0 * x0[t] + w1 * x1[t]) + (w2 * x2[t] + w3 * x3[t]);
    }
  }

  private static void addOne(float[] sums, float w, float[] x) {
    for (int t = 0; t < sums.length; t++) {
      sums[t] += w * x[t];
    }
  }

  /** Token by token: four rows at a time, so that four independent sums hide the latency of the additions. */
  private static void fewPiece(Matrix w, float[] x, int tokens, float[] y, int row, int end) {
    int cols = w.cols();
    float[] block = new float[4 * cols];
    for (int r = row; r < end; r += 4) {
      int count = Math.min(4, end - r);
      for (int k = 0; k < count; k++) {
        w.readRow(r + k, block, k * cols);
      }
      for (int t = 0; t < tokens; t++) {
        fourDots(block, x, t * cols, cols, y, t * w.rows() + r, count);
      }
    }
  }

  private static void fourDots(float[] w, float[] x, int start, int cols, float[] y, int target, int count) {
    int cols4 = cols & ~3;
    int second = cols;
    int third = 2 * cols;
    int fourth = 3 * cols;
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = 0; i < cols4; i += 4) {
      float x0 = x[start + i];
      float x1 = x[start + i + 1];
      float x2 = x[start + i + 2];
      float x3 = x[start + i + 3];
      s0 += (w[i] * x0 + w[i + 1] * x1) + (w[i + 2] * x2 + w[i + 3] * x3);
      int j = second + i;
      s1 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
      j = third + i;
      s2 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
      j = fourth + i;
      s3 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
    }
    for (int i = cols4; i < cols; i++) {
      float xi = x[start + i];
      s0 += w[i] * xi;
      s1 += w[second + i] * xi;
      s2 += w[third + i] * xi;
      s3 += w[fourth + i] * xi;
    }
    float[] sums = {s0, s1, s2, s3};
    System.arraycopy(sums, 0, y, target, count);
  }
}
