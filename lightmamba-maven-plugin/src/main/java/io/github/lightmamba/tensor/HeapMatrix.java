package io.github.lightmamba.tensor;

import java.util.Objects;

/** A matrix over an array, row-major; the array is not copied. */
public final class HeapMatrix implements Matrix {
  private final float[] values; // (rows, cols)
  private final int rows;
  private final int cols;

  /**
   * Wraps an array.
   *
   * @param values row-major, exactly {@code rows * cols} values
   * @throws IllegalArgumentException if the length does not fit
   */
  public HeapMatrix(float[] values, int rows, int cols) {
    if (rows < 0 || cols < 0 || values.length != (long) rows * cols) {
      throw new IllegalArgumentException(values.length + " values are not " + rows + " x " + cols);
    }
    this.values = values;
    this.rows = rows;
    this.cols = cols;
  }

  /** Returns a copy on the heap of any matrix of fewer than 2^31 elements. */
  public static HeapMatrix copyOf(Matrix matrix) {
    float[] copy = new float[Math.multiplyExact(matrix.rows(), matrix.cols())];
    for (int row = 0; row < matrix.rows(); row++) {
      matrix.readRow(row, copy, row * matrix.cols());
    }
    return new HeapMatrix(copy, matrix.rows(), matrix.cols());
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  /** Returns the wrapped array itself, (rows, cols) row-major. */
  public float[] values() {
    return values;
  }

  @Override
  public void readRow(int row, float[] target, int offset) {
    Objects.checkIndex(row, rows);
    System.arraycopy(values, row * cols, target, offset, cols);
  }
}
