package io.github.lightmamba.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class MagnitudeHistogramTest {
  /** Half a bin at its widest, 1/16 of 1, and a rank beside. */
  private static final Percentage HALF_A_BIN = Percentage.withPercentage(6.5);

  @Test
  void quantilesAreThoseOfTheSortedMagnitudes() {
    Random random = new Random(3);
    double[] values = random.doubles(20_001).map(v -> Math.exp(12 * v - 8) * (v < 0.5 ? -1 : 1)).toArray();
    MagnitudeHistogram histogram = new MagnitudeHistogram();
    for (double value : values) {
      histogram.add(value);
    }
    double[] sorted = Arrays.stream(values).map(Math::abs).sorted().toArray();

    assertThat(histogram.count()).isEqualTo(values.length);
    assertThat(histogram.most()).isEqualTo(sorted[20_000]);
    for (double part : new double[] {0, 0.01, 0.25, 0.5, 0.75, 0.99, 1}) {
      assertThat(histogram.quantile(part)).as("quantile %s", part).isCloseTo(sorted[(int) (part * 20_000)], HALF_A_BIN);
    }
  }

  @Test
  void extremesStayInRange() {
    MagnitudeHistogram histogram = new MagnitudeHistogram();
    assertThat(histogram.quantile(0.5)).isZero();
    histogram.add(0);
    assertThat(histogram.quantile(0.5)).isZero();
    histogram.add(1e300);
    histogram.add(Double.MIN_VALUE);

    assertThat(histogram.most()).isEqualTo(1e300);
    assertThat(histogram.quantile(1)).isBetween(Math.scalb(1.0, 39), Math.scalb(1.0, 40));
  }
}
