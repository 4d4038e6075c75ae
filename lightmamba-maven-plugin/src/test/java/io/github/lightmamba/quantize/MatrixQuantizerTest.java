package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.integer.QuantizedMatrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
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
    InputStatistics statistics = new InputStatistics(cols);
    statistics.add(tokens, new ActivationRounding(8, 32).rounded(tokens, inputs, norms));
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

  /** The integers of the textbook: the factor of the inverse, one weight after the other, one row after the other. */
  @ParameterizedTest
  @CsvSource({"32, 8", "192, 64", "300, 4"})
  void errorFeedbackIsThatOfGptq(int cols, int group) {
    int tokens = 600;
    SplittableRandom random = new SplittableRandom(cols);
    float[] inputs = new float[tokens * cols];
    float[] norms = new float[tokens];
    Arrays.fill(norms, 1);
    for (int t = 0; t < tokens; t++) {
      double common = random.nextDouble(-2, 2);
      for (int i = 0; i < cols; i++) {
        inputs[t * cols + i] = (float) (common * (i % 7 - 3) / 3 + random.nextDouble(-1, 1));
      }
    }
    ActivationRounding rounding = new ActivationRounding(8, 4);
    InputStatistics statistics = new InputStatistics(cols);
    statistics.add(tokens, rounding.rounded(tokens, inputs, norms));
    int rows = 300; // more than are rounded together
    double[][] values = new double[rows][];
    for (int r = 0; r < rows; r++) {
      values[r] = r == 5 ? new double[cols] : random.doubles(cols, -1, 1).toArray();
    }
    QuantizedMatrix matrix =
        new MatrixQuantizer("w", cols, 4, group, ErrorFeedback.of(statistics))
            .quantize(rows, (r, target) -> System.arraycopy(values[r], 0, target, 0, cols), r -> 16);

    for (int t = 0; t < tokens; t++) {
      rounding.apply(inputs, t * cols, cols);
    }
    DMatrixRMaj factor = factorOfInverse(inputs, tokens, cols);
    byte[] found = new byte[cols];
    for (int r = 0; r < rows; r++) {
      matrix.readRow(r, found);
      double unit = Math.pow(2, 19 - 16 - matrix.kappas()[r]);
      double[] rest = values[r].clone();
      for (int i = 0; i < cols; i++) {
        double step = unit * (matrix.mantissas()[r * matrix.groups() + i / group] & 0xff);
        double integer = step == 0 ? 0 : Math.max(-7, Math.min(7, Math.rint(rest[i] / step)));
        assertThat((double) found[i]).as("row " + r + ", weight " + i).isEqualTo(integer);
        double error = (rest[i] - integer * step) / factor.get(i, i);
        for (int j = i; j < cols; j++) {
          rest[j] -= error * factor.get(i, j);
        }
      }
    }
  }

  /** The upper U with Uᵀ·U the inverse of the damped second moments. */
  private static DMatrixRMaj factorOfInverse(float[] inputs, int tokens, int cols) {
    DMatrixRMaj x = new DMatrixRMaj(tokens, cols);
    for (int i = 0; i < inputs.length; i++) {
      x.data[i] = inputs[i];
    }
    DMatrixRMaj moments = new DMatrixRMaj(cols, cols);
    CommonOps_DDRM.multTransA(1.0 / tokens, x, x, moments);
    double damping = 0.03 * CommonOps_DDRM.trace(moments) / cols;
    for (int i = 0; i < cols; i++) {
      moments.add(i, i, damping);
    }
    assertThat(CommonOps_DDRM.invert(moments)).isTrue();
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(cols, false);
    assertThat(cholesky.decompose(moments)).isTrue();
    return cholesky.getT(null);
  }

  /** At 4 bits: of all candidates the one with the least square error, the largest of equals. */
  @ParameterizedTest
  @CsvSource({"8, 64", "64, 256", "128, 640"})
  void theScaleHasTheLeastSquareError(int group, int cols) {
    SplittableRandom random = new SplittableRandom(group);
    int rows = 70;
    double[][] values = new double[rows][];
    for (int r = 0; r < rows; r++) {
      double size = Math.pow(2, random.nextDouble(-30, 3));
      values[r] = random.doubles(cols, -1, 1).map(v -> v * v * v * size).toArray();
      Arrays.fill(values[r], 0, group, r % 3 == 0 ? 0 : values[r][0]);
    }
    QuantizedMatrix matrix =
        new MatrixQuantizer("w", cols, 4, group, null)
            .quantize(rows, (r, target) -> System.arraycopy(values[r], 0, target, 0, cols), r -> 16);
    for (int r = 0; r < rows; r++) {
      double unit = Math.pow(2, 19 - 16 - matrix.kappas()[r]);
      for (int g = 0; g < cols / group; g++) {
        double[] part = Arrays.copyOfRange(values[r], g * group, (g + 1) * group);
        double most = Arrays.stream(part).map(Math::abs).max().orElseThrow();
        int full = (int) Math.min(255, Math.ceil(most / 7 / unit));
        int best = full;
        for (int k = 1; k <= 24; k++) {
          int candidate = (int) Math.round(full * (1 - 0.3 * k / 24));
          if (candidate > 0 && squareError(part, candidate * unit) < squareError(part, best * unit)) {
            best = candidate;
          }
        }
        assertThat(matrix.mantissas()[r * matrix.groups() + g] & 0xff).as("row " + r + ", group " + g).isEqualTo(best);
      }
    }
  }

  private static double squareError(double[] values, double step) {
    double sum = 0;
    for (double value : values) {
      double error = value - step * Math.max(-7, Math.min(7, Math.rint(value / step)));
      sum += error * error;
    }
    return sum;
  }
}
