package io.github.lightmamba.integer;

import java.nio.ByteBuffer;

/**
 * A linear layer's weights: signed integers with an unsigned mantissa a group and a power of two a row.
 *
 * <p>The weight in row r, column i is {@code weights[r·cols + i] · mantissas[r·groups + i/group] · 2^ρ(r)}; κ(r) holds
 * ρ(r) and the binary point of the result ({@code docs/numerics.md}, section 2).
 *
 * @param rows results
 * @param cols inputs
 * @param bits width of a weight, 8 or 4
 * @param group weights that share a mantissa
 * @param weights (rows, cols), ±127 or ±7, a byte each; may be mapped
 * @param mantissas (rows, cols/group), 0..255 as unsigned bytes
 * @param kappas (rows), −128..127
 */
public record QuantizedMatrix(
    int rows, int cols, int bits, int group, ByteBuffer weights, byte[] mantissas, byte[] kappas) {
  /** Checks the sizes. */
  public QuantizedMatrix {
    // In long: beyond 2^31 weights no buffer can hold them, and the product of ints would lie about it.
    if (weights.capacity() != (long) rows * cols
        || mantissas.length != (long) rows * (cols / group)
        || kappas.length != rows
        || cols % group != 0) {
      throw new IllegalArgumentException(
          rows + " x " + cols + " in groups of " + group + ": " + weights.capacity() + " weights, " + mantissas.length
              + " mantissas, " + kappas.length + " kappas");
    }
  }

  /**
   * Reads the weights of a row.
   *
   * @param target (cols)
   */
  public void readRow(int row, byte[] target) {
    weights.get(row * cols, target, 0, cols);
  }

  /** Weight groups a row. */
  public int groups() {
    return cols / group;
  }
}
