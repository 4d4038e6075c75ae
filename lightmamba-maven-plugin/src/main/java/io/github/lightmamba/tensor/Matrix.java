package io.github.lightmamba.tensor;

/** A read-only matrix of 32-bit floats, read row by row; how the numbers are stored is hidden. Thread-safe. */
public interface Matrix {
  /** Returns the number of rows. */
  int rows();

  /** Returns the number of columns. */
  int cols();

  /**
   * Copies one row.
   *
   * @param row the row, 0 to rows - 1
   * @param target receives {@code cols()} values
   * @param offset where in {@code target} the row starts
   * @throws IndexOutOfBoundsException if the row does not exist or {@code target} is too short
   */
  void readRow(int row, float[] target, int offset);
}
