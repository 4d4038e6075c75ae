package io.github.lightmamba.rotation;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.tensor.HeapMatrix;
import io.github.lightmamba.tensor.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A block with the weight of its norm fused into in_proj and, if there is a rotation, with the rotation fused into
 * everything that it touches. Computes the same function as the original over a residual stream that is rotated too.
 *
 * @param original whose convolution, dt, A and D are unchanged
 * @param norm ones
 * @param inProj W·diag(norm)·Q
 * @param gatedNorm the weights times D'
 * @param outProj Qᵀ·W·D'·Hᵀ/n
 * @param outProjBias Qᵀ·b, or null
 * @param rotation null: only the norm is fused
 */
public record FusedLayer(
    LayerWeights original,
    float[] norm,
    Matrix inProj,
    float[] gatedNorm,
    Matrix outProj,
    float[] outProjBias,
    ModelRotation rotation)
    implements LayerWeights {
  /** Columns that are turned over together: a cache line of the matrix in every row. */
  private static final int TILE_COLS = 16;

  /** in_proj with its norm, multiplied as it is read. */
  private record NormedColumns(Matrix matrix, float[] norm) implements Matrix {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public void readRow(int row, float[] target, int offset) {
      matrix.readRow(row, target, offset);
      for (int i = 0; i < norm.length; i++) {
        target[offset + i] *= norm[i];
      }
    }
  }

  /** Fuses a block; with a rotation both projections come onto the heap, without one they stay where they are. */
  public static FusedLayer of(LayerWeights layer, ModelRotation rotation) {
    float[] ones = new float[layer.norm().length];
    Arrays.fill(ones, 1);
    float[] gatedNorm = layer.gatedNorm().clone();
    if (rotation != null) {
      for (int i = 0; i < gatedNorm.length; i++) {
        gatedNorm[i] *= rotation.innerSign(i);
      }
    }
    Matrix inProj =
        rotation == null
            ? new NormedColumns(layer.inProj(), layer.norm())
            : fuse(layer.inProj(), layer.norm(), rotation);
    Matrix outProj = rotation == null ? layer.outProj() : rotatedOutProj(layer, rotation);
    float[] bias = rotation == null ? layer.outProjBias() : rotated(layer.outProjBias(), rotation);
    return new FusedLayer(layer, ones, inProj, gatedNorm, outProj, bias, rotation);
  }

  /**
   * Returns W·diag(norm)·Q: in_proj with its norm.
   *
   * @param matrix (rows, hidden)
   * @param norm (hidden)
   */
  private static Matrix fuse(Matrix matrix, float[] norm, ModelRotation rotation) {
    int cols = matrix.cols();
    float[] result = new float[matrix.rows() * cols];
    IntStream.range(0, matrix.rows())
        .parallel()
        .forEach(
            r -> {
              double[] values = new double[cols];
              fuseRow(matrix, r, norm, rotation, values);
              for (int i = 0; i < cols; i++) {
                result[r * cols + i] = (float) values[i];
              }
            });
    return new HeapMatrix(result, matrix.rows(), cols);
  }

  /** Fuses one row; {@code norm} may be null for rows that follow no norm (the embedding). */
  public static void fuseRow(Matrix matrix, int row, float[] norm, ModelRotation rotation, double[] target) {
    float[] values = new float[matrix.cols()];
    matrix.readRow(row, values, 0);
    for (int i = 0; i < values.length; i++) {
      target[i] = norm == null ? values[i] : (double) values[i] * norm[i];
    }
    if (rotation != null) {
      rotation.rotateResidual(target);
    }
  }

  private static float[] rotated(float[] bias, ModelRotation rotation) {
    if (bias == null) {
      return null;
    }
    double[] values = new double[bias.length];
    for (int i = 0; i < bias.length; i++) {
      values[i] = bias[i];
    }
    rotation.rotateResidual(values);
    float[] result = new float[bias.length];
    for (int i = 0; i < bias.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  private static Matrix rotatedOutProj(LayerWeights layer, ModelRotation rotation) {
    Matrix matrix = layer.outProj();
    int rows = matrix.rows();
    int cols = matrix.cols();
    float[] result = new float[rows * cols];
    IntStream.range(0, rows).parallel().forEach(r -> matrix.readRow(r, result, r * cols));
    double[] wide = new double[rows * cols]; // between the two rotations nothing is rounded to float
    IntStream.range(0, (cols + TILE_COLS - 1) / TILE_COLS)
        .parallel()
        .forEach(tile -> rotateColumns(result, wide, rows, cols, tile * TILE_COLS, rotation));
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            r -> {
              double[] values = Arrays.copyOfRange(wide, r * cols, (r + 1) * cols);
              rotation.counterRotateInner(values);
              for (int i = 0; i < cols; i++) {
                result[r * cols + i] = (float) values[i];
              }
            });
    return new HeapMatrix(result, rows, cols);
  }

  private static void rotateColumns(
      float[] source, double[] target, int rows, int cols, int first, ModelRotation rotation) {
    int count = Math.min(TILE_COLS, cols - first);
    double[][] columns = new double[count][rows];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < count; i++) {
        columns[i][r] = source[r * cols + first + i];
      }
    }
    for (double[] column : columns) {
      rotation.rotateResidual(column);
    }
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < count; i++) {
        target[r * cols + first + i] = columns[i][r];
      }
    }
  }

  @Override
  public Mamba2Config config() {
    return original.config();
  }

  @Override
  public float[] inProjBias() {
    return original.inProjBias();
  }

  @Override
  public float[] convWeight() {
    return original.convWeight();
  }

  @Override
  public float[] convBias() {
    return original.convBias();
  }

  @Override
  public float[] dtBias() {
    return original.dtBias();
  }

  @Override
  public float[] aLog() {
    return original.aLog();
  }

  @Override
  public float[] d() {
    return original.d();
  }

  @Override
  public void transformOutProjInput(float[] normalised) {
    if (rotation == null) {
      return;
    }
    double[] wide = new double[normalised.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = normalised[i];
    }
    rotation.online().apply(wide, 0);
    for (int i = 0; i < wide.length; i++) {
      normalised[i] = (float) wide[i];
    }
  }
}
