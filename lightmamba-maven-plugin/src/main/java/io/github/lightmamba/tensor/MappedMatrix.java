package io.github.lightmamba.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A matrix over mapped bytes, converted to 32-bit floats as it is read; nothing is copied to the heap.
 *
 * <p>A buffer holds at most 2^31 - 1 bytes, so a large matrix comes in chunks of whole rows.
 */
public final class MappedMatrix implements Matrix {
  private final List<ByteBuffer> chunks; // each (rowsPerChunk, cols), the last one shorter
  private final FloatFormat format;
  private final int rowsPerChunk;
  private final int rows;
  private final int cols;

  /**
   * Creates a view.
   *
   * @param chunks the rows in order, each chunk {@code rowsPerChunk} rows but the last one, which has the rest
   * @param format the stored form of a value
   * @throws IllegalArgumentException if the chunks do not hold exactly {@code rows * cols} values
   */
  public MappedMatrix(List<ByteBuffer> chunks, FloatFormat format, int rowsPerChunk, int rows, int cols) {
    long expected = (long) rows * cols * format.bytes();
    long found = chunks.stream().mapToLong(ByteBuffer::remaining).sum();
    if (found != expected || rowsPerChunk < 1) {
      throw new IllegalArgumentException(found + " bytes are not " + rows + " x " + cols + " of " + format);
    }
    this.chunks = chunks.stream().map(chunk -> chunk.slice().order(ByteOrder.LITTLE_ENDIAN)).toList();
    this.format = format;
    this.rowsPerChunk = rowsPerChunk;
    this.rows = rows;
    this.cols = cols;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public void readRow(int row, float[] target, int offset) {
    Objects.checkIndex(row, rows);
    format.read(chunks.get(row / rowsPerChunk), row % rowsPerChunk * cols, target, offset, cols);
  }
}
