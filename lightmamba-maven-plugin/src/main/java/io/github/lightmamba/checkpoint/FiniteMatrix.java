package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.tensor.Matrix;
import java.util.Objects;

/** A matrix whose rows are checked for NaN and infinity when they are first read, so that opening reads no weights. */
final class FiniteMatrix implements Matrix {
  private final Matrix matrix;
  private final String where;
  // Threads may check the same row twice; they come to the same end.
  private final boolean[] checked;

  /**
   * Wraps a matrix.
   *
   * @param rows the first rows, which count; rows after them are padding, whatever they hold
   */
  FiniteMatrix(Matrix matrix, int rows, String where) {
    this.matrix = matrix;
    this.where = where;
    this.checked = new boolean[rows];
  }

  @Override
  public int rows() {
    return checked.length;
  }

  @Override
  public int cols() {
    return matrix.cols();
  }

  @Override
  public void readRow(int row, float[] target, int offset) {
    Objects.checkIndex(row, checked.length);
    matrix.readRow(row, target, offset);
    if (!checked[row]) {
      for (int col = 0; col < cols(); col++) {
        if (!Float.isFinite(target[offset + col])) {
          throw notFinite(where + " row " + row + " column " + col, target[offset + col]);
        }
      }
      checked[row] = true;
    }
  }

  static LightMambaException notFinite(String where, float value) {
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        where + " is " + value + ", every weight must be finite.",
        "use a checkpoint whose training did not diverge.");
  }
}
