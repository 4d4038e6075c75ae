package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.tensor.HeapMatrix;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The float values of a quantized matrix: what its integers stand for. */
final class RoundedMatrix {
  private RoundedMatrix() {}

  /**
   * Returns the values.
   *
   * @param fractions binary point of the result of each row
   * @param scale factor that the weights had when they were quantized
   */
  static HeapMatrix of(QuantizedMatrix matrix, IntUnaryOperator fractions, double scale) {
    int cols = matrix.cols();
    float[] values = new float[Math.multiplyExact(matrix.rows(), cols)];
    IntStream.range(0, matrix.rows())
        .parallel()
        .forEach(
            r -> {
              byte[] row = new byte[cols];
              matrix.readRow(r, row);
              int exponent = MatrixQuantizer.KAPPA_BASE - matrix.kappas()[r] - fractions.applyAsInt(r);
              for (int i = 0; i < cols; i++) {
                int mantissa = matrix.mantissas()[r * matrix.groups() + i / matrix.group()] & 0xff;
                values[r * cols + i] = (float) (Math.scalb((double) row[i] * mantissa, exponent) / scale);
              }
            });
    return new HeapMatrix(values, matrix.rows(), cols);
  }
}
