package io.github.lightmamba.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The product of a matrix with a batch")
class GemmTest {
  @ParameterizedTest(name = "{0} x {1}, {2} tokens")
  @CsvSource({"1,1,1", "3,5,2", "64,4,1", "65,7,33", "130,641,40", "67,5121,35", "200,64,300", "7,0,3"})
  @DisplayName("is the naive sum in doubles, within the error of its order")
  void equalsNaive(int rows, int cols, int tokens) {
    Random random = new Random(rows * 31L + cols);
    float[] w = values(random, rows * cols);
    float[] x = values(random, tokens * cols);
    float[] y = new float[tokens * rows];
    Gemm.multiply(new HeapMatrix(w, rows, cols), x, tokens, y);
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < cols; i++) {
          double product = (double) w[r * cols + i] * x[t * cols + i];
          sum += product;
          magnitude += Math.abs(product);
        }
        double bound = (cols / 4 + 6) * 0x1p-24 * magnitude;
        assertThat((double) y[t * rows + r]).as("token %d, row %d", t, r).isCloseTo(sum, within(bound));
      }
    }
  }

  @Test
  @DisplayName("has the same bits for every batch size")
  void independentOfBatch() {
    int rows = 131;
    int cols = 643;
    int tokens = 70;
    Random random = new Random(7);
    HeapMatrix w = new HeapMatrix(values(random, rows * cols), rows, cols);
    float[] x = values(random, tokens * cols);
    float[] whole = new float[tokens * rows];
    Gemm.multiply(w, x, tokens, whole);
    for (int t = 0; t < tokens; t++) {
      float[] one = new float[rows];
      Gemm.multiply(w, Arrays.copyOfRange(x, t * cols, (t + 1) * cols), 1, one);
      assertThat(one).as("token %d", t).isEqualTo(Arrays.copyOfRange(whole, t * rows, (t + 1) * rows));
    }
  }

  @Test
  @DisplayName("refuses arrays that are too short")
  void refusesShortArrays() {
    HeapMatrix w = new HeapMatrix(new float[6], 2, 3);
    assertThatThrownBy(() -> Gemm.multiply(w, new float[5], 2, new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 5");
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
