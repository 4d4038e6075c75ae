package io.github.lightmamba.tensor;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The product of a matrix with a batch of vectors in 32-bit floats.
 *
 * <p><i>Computes</i> {@code y[t][r] = sum_i w[r][i] * x[t][i]}. <i>Order of the sum</i>: columns in steps of four,
 * {@code acc += (w0*x0 + w1*x1) + (w2*x2 + w3*x3)}, then the columns that are left one by one. The order is the same for
 * every batch size, block and thread, so a token's result does not depend, to the last bit, on the tokens beside it.
 * <i>Error</i>: at most about {@code (cols / 4 + 3) * 2^-24 * sum |w*x|}.
 *
 * <p>The batch is transposed, so that the inner loop runs over tokens and needs no float reduction, which the
 * just-in-time compiler does not vectorise.
 */
public final class Gemm {
  /** Floats of a transposed block of tokens; with the accumulators it stays inside a 1 MiB second-level cache. */
  private static final int BLOCK_FLOATS = 160 * 1024;

  private static final int MIN_BLOCK_TOKENS = 32;
  private static final int MAX_BLOCK_TOKENS = 256;

  /** Rows of one parallel piece; even, since rows are taken in pairs. */
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
    if (tokens == 1) {
      pieces(pieces, piece -> singlePiece(w, x, y, piece * PIECE_ROWS, Math.min(rows, (piece + 1) * PIECE_ROWS)));
      return;
    }
    int block = Math.max(MIN_BLOCK_TOKENS, Math.min(MAX_BLOCK_TOKENS, BLOCK_FLOATS / Math.max(1, cols)));
    for (int first = 0; first < tokens; first += block) {
      int start = first;
      int count = Math.min(block, tokens - first);
      float[] transposed = transpose(x, start, count, cols);
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

  private static float[] transpose(float[] x, int firstToken, int tokens, int cols) {
    float[] transposed = new float[cols * tokens]; // (cols, tokens)
    for (int t = 0; t < tokens; t++) {
      int from = (firstToken + t) * cols;
      for (int i = 0; i < cols; i++) {
        transposed[i * tokens + t] = x[from + i];
      }
    }
    return transposed;
  }

  private static void blockPiece(Matrix w, float[] xt, int tokens, float[] y, int firstToken, int row, int end) {
    int rows = w.rows();
    int cols = w.cols();
    int cols4 = cols & ~3;
    float[] w0 = new float[cols];
    float[] w1 = new float[cols];
    float[] acc0 = new float[tokens];
    float[] acc1 = new float[tokens];
    for (int r = row; r < end; r += 2) {
      boolean pair = r + 1 < end;
      w.readRow(r, w0, 0);
      if (pair) {
        w.readRow(r + 1, w1, 0);
      }
      Arrays.fill(acc0, 0f);
      Arrays.fill(acc1, 0f);
      for (int i = 0; i < cols4; i += 4) {
        addFour(w0, w1, i, xt, tokens, acc0, acc1);
      }
      for (int i = cols4; i < cols; i++) {
        addOne(w0[i], w1[i], xt, i * tokens, tokens, acc0, acc1);
      }
      for (int t = 0; t < tokens; t++) {
        y[(firstToken + t) * rows + r] = acc0[t];
      }
      for (int t = 0; pair && t < tokens; t++) {
        y[(firstToken + t) * rows + r + 1] = acc1[t];
      }
    }
  }

  private static void addFour(float[] w0, float[] w1, int i, float[] xt, int tokens, float[] acc0, float[] acc1) {
    float a0 = w0[i];
    float a1 = w0[i + 1];
    float a2 = w0[i + 2];
    float a3 = w0[i + 3];
    float b0 = w1[i];
    float b1 = w1[i + 1];
    float b2 = w1[i + 2];
    float b3 = w1[i + 3];
    int p0 = i * tokens;
    int p1 = p0 + tokens;
    int p2 = p1 + tokens;
    int p3 = p2 + tokens;
    for (int t = 0; t < tokens; t++) {
      float x0 = xt[p0 + t];
      float x1 = xt[p1 + t];
      float x2 = xt[p2 + t];
      float x3 = xt[p3 + t];
      acc0[t] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3);
      acc1[t] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3);
    }
  }

  private static void addOne(float a, float b, float[] xt, int p, int tokens, float[] acc0, float[] acc1) {
    for (int t = 0; t < tokens; t++) {
      float x = xt[p + t];
      acc0[t] += a * x;
      acc1[t] += b * x;
    }
  }

  /** One token: four rows at a time, so that four independent sums hide the latency of the additions. */
  private static void singlePiece(Matrix w, float[] x, float[] y, int row, int end) {
    int cols = w.cols();
    float[] block = new float[4 * cols];
    for (int r = row; r < end; r += 4) {
      int count = Math.min(4, end - r);
      for (int k = 0; k < count; k++) {
        w.readRow(r + k, block, k * cols);
      }
      fourDots(block, x, cols, y, r, count);
    }
  }

  private static void fourDots(float[] w, float[] x, int cols, float[] y, int row, int count) {
    int cols4 = cols & ~3;
    int second = cols;
    int third = 2 * cols;
    int fourth = 3 * cols;
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = 0; i < cols4; i += 4) {
      float x0 = x[i];
      float x1 = x[i + 1];
      float x2 = x[i + 2];
      float x3 = x[i + 3];
      s0 += (w[i] * x0 + w[i + 1] * x1) + (w[i + 2] * x2 + w[i + 3] * x3);
      int j = second + i;
      s1 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
      j = third + i;
      s2 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
      j = fourth + i;
      s3 += (w[j] * x0 + w[j + 1] * x1) + (w[j + 2] * x2 + w[j + 3] * x3);
    }
    for (int i = cols4; i < cols; i++) {
      s0 += w[i] * x[i];
      s1 += w[second + i] * x[i];
      s2 += w[third + i] * x[i];
      s3 += w[fourth + i] * x[i];
    }
    float[] sums = {s0, s1, s2, s3};
    System.arraycopy(sums, 0, y, row, count);
  }
}
