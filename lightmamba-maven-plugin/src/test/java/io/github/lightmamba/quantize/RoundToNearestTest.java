package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.integer.QuantizedMatrix;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The value that a row stands for, against the value it came from. */
class RoundToNearestTest {
  @ParameterizedTest
  @CsvSource({"320, 8, 16", "640, 8, 24", "48, 8, 3", "320, 4, 16", "128, 4, -3"})
  void everyWeightIsWithinHalfAStep(int cols, int bits, int fraction) {
    SplittableRandom random = new SplittableRandom(cols + bits);
    int rows = 20;
    RoundToNearest quantizer = new RoundToNearest("w", rows, cols, bits);
    double[][] values = new double[rows][cols];
    for (int r = 0; r < rows; r++) {
      double size = Math.pow(10, random.nextDouble(-4, 1));
      for (int i = 0; i < cols; i++) {
        values[r][i] = size * random.nextDouble(-1, 1) * (i % 37 == 0 ? 10 : 1);
      }
      quantizer.row(r, values[r], fraction);
    }
    QuantizedMatrix matrix = quantizer.matrix();
    int largest = bits == 8 ? 127 : 7;
    byte[] row = new byte[cols];
    for (int r = 0; r < rows; r++) {
      matrix.readRow(r, row);
      double unit = Math.pow(2, 19 - fraction - matrix.kappas()[r]);
      for (int i = 0; i < cols; i++) {
        double step = unit * (matrix.mantissas()[r * matrix.groups() + i / matrix.group()] & 0xff);
        assertThat((int) row[i]).isBetween(-largest, largest);
        assertThat(row[i] * step).isCloseTo(values[r][i], within(step / 2 * (1 + 1e-12)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1e-45, 16", "1e-30, 16", "0, 16"})
  void tinyRowsKeepTheFormat(double size, int fraction) {
    RoundToNearest quantizer = new RoundToNearest("w", 1, 64, 8);
    double[] values = new double[64];
    values[5] = size;
    quantizer.row(0, values, fraction);
    QuantizedMatrix matrix = quantizer.matrix();
    double unit = Math.pow(2, 19 - fraction - matrix.kappas()[0]);
    byte[] row = new byte[64];
    matrix.readRow(0, row);
    double step = unit * (matrix.mantissas()[0] & 0xff);
    assertThat(row[5] * step).isCloseTo(size, within(step / 2));
  }
}
