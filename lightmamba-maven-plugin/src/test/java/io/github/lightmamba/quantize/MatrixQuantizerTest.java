package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.integer.QuantizedMatrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The value that a row stands for, against the value it came from. */
class MatrixQuantizerTest {
  @ParameterizedTest
  @CsvSource({"320, 8, 16", "640, 8, 24", "48, 8, 3", "320, 4, 16", "128, 4, -3"})
  void everyWeightIsWithinHalfAStep(int cols, int bits, int fraction) {
    SplittableRandom random = new SplittableRandom(cols + bits);
    int rows = 20;
    double[][] values = new double[rows][cols];
    for (int r = 0; r < rows; r++) {
      double size = Math.pow(10, random.nextDouble(-4, 1));
      for (int i = 0; i < cols; i++) {
        values[r][i] = size * random.nextDouble(-1, 1) * (i % 37 == 0 ? 10 : 1);
      }
    }
    QuantizedMatrix matrix =
        new MatrixQuantizer("w", cols, bits)
            .quantize(rows, (row, target) -> System.arraycopy(values[row], 0, target, 0, cols), row -> fraction);
    int largest = bits == 8 ? 127 : 7;
    byte[] row = new byte[cols];
    for (int r = 0; r < rows; r++) {
      matrix.readRow(r, row);
      double unit = Math.pow(2, 19 - fraction - matrix.kappas()[r]);
      for (int i = 0; i < cols; i++) {
        double step = unit * (matrix.mantissas()[r * matrix.groups() + i / matrix.group()] & 0xff);
        assertThat((int) row[i]).isBetween(-largest, largest);
        // At 4 bits the scale may clip a value if that makes the square error of the group smaller.
        if (bits == 8 || Math.abs(row[i]) < largest) {
          assertThat(row[i] * step).isCloseTo(values[r][i], within(step / 2 * (1 + 1e-12)));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1e-45, 16", "1e-30, 16", "0, 16"})
  void tinyRowsKeepTheFormat(double size, int fraction) {
    QuantizedMatrix matrix = new MatrixQuantizer("w", 64, 8).quantize(1, (row, target) -> target[5] = size, row -> fraction);
    double unit = Math.pow(2, 19 - fraction - matrix.kappas()[0]);
    byte[] row = new byte[64];
    matrix.readRow(0, row);
    double step = unit * (matrix.mantissas()[0] & 0xff);
    assertThat(row[5] * step).isCloseTo(size, within(step / 2));
  }

  /**
   * On correlated inputs the rounded row has to be closer, in what it computes, than rounding to nearest: that is what
   * error feedback is for.
   */
  @Test
  void errorFeedbackLessensTheErrorOfTheProduct() {
    int cols = 64;
    int tokens = 2000;
    SplittableRandom random = new SplittableRandom(9);
    float[] inputs = new float[tokens * cols];
    float[] norms = new float[tokens];
    Arrays.fill(norms, 1);
    for (int t = 0; t < tokens; t++) {
      double common = random.nextDouble(-2, 2);
      for (int i = 0; i < cols; i++) {
        inputs[t * cols + i] = (float) (common * (i % 5 - 2) + random.nextDouble(-1, 1));
      }
    }
    InputStatistics statistics = new InputStatistics(cols, new ActivationRounding(8, 32));
    statistics.add(tokens, inputs, norms);
    double[] row = random.doubles(cols, -1, 1).toArray();
    MatrixQuantizer.Rows source = (r, target) -> System.arraycopy(row, 0, target, 0, cols);
    double nearest = error(new MatrixQuantizer("w", cols, 4, 64, null).quantize(1, source, r -> 16), row, inputs, tokens);
    double feedback =
        error(new MatrixQuantizer("w", cols, 4, 64, ErrorFeedback.of(statistics)).quantize(1, source, r -> 16), row, inputs, tokens);
    assertThat(feedback).isLessThan(0.6 * nearest);
  }

  private static double error(QuantizedMatrix matrix, double[] row, float[] inputs, int tokens) {
    byte[] weights = new byte[row.length];
    matrix.readRow(0, weights);
    double unit = Math.pow(2, 19 - 16 - matrix.kappas()[0]) * (matrix.mantissas()[0] & 0xff);
    double sum = 0;
    for (int t = 0; t < tokens; t++) {
      double difference = 0;
      for (int i = 0; i < row.length; i++) {
        difference += (weights[i] * unit - row[i]) * inputs[t * row.length + i];
      }
      sum += difference * difference;
    }
    return sum;
  }
}
