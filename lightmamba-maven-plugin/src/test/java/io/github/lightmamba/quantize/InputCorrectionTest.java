package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.tensor.HeapMatrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the equation that defines the corrected weights, with moments summed one by one in doubles. */
class InputCorrectionTest {
  private static final int TOKENS = 640;
  private static final int ROWS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 130, 300}) // one piece of lanes, a full one and a part, more
  void theWeightsHaveTheLeastDampedError(int n) {
    SplittableRandom random = new SplittableRandom(n);
    Inputs inputs = inputs(random, n);
    float[] weights = floats(random, ROWS * n);
    PairedStatistics statistics = new PairedStatistics(n);
    for (int half = 0; half < 2; half++) {
      statistics.add(TOKENS / 2, inputs.half(inputs.exact, half), inputs.half(inputs.arrived, half));
    }
    InputCorrection correction = InputCorrection.of(statistics);
    float[] corrected = correction.apply(new HeapMatrix(weights, ROWS, n)).values();

    double[][] arrived = moments(inputs.arrived, inputs.arrived, n);
    double[][] cross = moments(inputs.exact, inputs.arrived, n);
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += arrived[i][i];
    }
    double delta = 0.1 * trace / n;
    for (int r = 0; r < ROWS; r++) {
      for (int j = 0; j < n; j++) {
        double left = delta * corrected[r * n + j];
        double right = delta * weights[r * n + j];
        double size = Math.abs(right);
        for (int i = 0; i < n; i++) {
          left += corrected[r * n + i] * arrived[i][j];
          right += weights[r * n + i] * cross[i][j];
          size += Math.abs(corrected[r * n + i] * arrived[i][j]);
        }
        // Weights are floats, and so are the products of a window: 2^-24 of every term, some thousand times.
        assertThat(left).isCloseTo(right, within(3e-5 * size));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 130})
  void errorsOfNewInputsBecomeSmaller(int n) {
    SplittableRandom random = new SplittableRandom(7 * n);
    Inputs seen = inputs(random, n);
    Inputs fresh = inputs(random, n);
    float[] weights = floats(random, ROWS * n);
    PairedStatistics statistics = new PairedStatistics(n);
    statistics.add(TOKENS, seen.exact, seen.arrived);
    float[] corrected = InputCorrection.of(statistics).apply(new HeapMatrix(weights, ROWS, n)).values();
    assertThat(error(weights, corrected, fresh, n)).isLessThan(0.7 * error(weights, weights, fresh, n));
  }

  /** Inputs of a few strong directions, and the same with white noise. */
  private record Inputs(float[] exact, float[] arrived) {
    float[] half(float[] values, int half) {
      return Arrays.copyOfRange(values, half * values.length / 2, (half + 1) * values.length / 2);
    }
  }

  private static Inputs inputs(SplittableRandom random, int n) {
    Inputs inputs = new Inputs(new float[TOKENS * n], new float[TOKENS * n]);
    for (int t = 0; t < TOKENS; t++) {
      double first = random.nextDouble(-2, 2);
      double second = random.nextDouble(-2, 2);
      for (int i = 0; i < n; i++) {
        double value = first * (i % 5 - 2) + second * (i % 3 - 1);
        inputs.exact[t * n + i] = (float) value;
        inputs.arrived[t * n + i] = (float) (value + random.nextDouble(-1, 1));
      }
    }
    return inputs;
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static double[][] moments(float[] left, float[] right, int n) {
    double[][] sums = new double[n][n];
    for (int t = 0; t < TOKENS; t++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sums[i][j] += (double) left[t * n + i] * right[t * n + j] / TOKENS;
        }
      }
    }
    return sums;
  }

  private static double error(float[] exact, float[] weights, Inputs inputs, int n) {
    double sum = 0;
    for (int t = 0; t < TOKENS; t++) {
      for (int r = 0; r < ROWS; r++) {
        double difference = 0;
        for (int i = 0; i < n; i++) {
          difference += (double) exact[r * n + i] * inputs.exact[t * n + i];
          difference -= (double) weights[r * n + i] * inputs.arrived[t * n + i];
        }
        sum += difference * difference;
      }
    }
    return sum;
  }
}
