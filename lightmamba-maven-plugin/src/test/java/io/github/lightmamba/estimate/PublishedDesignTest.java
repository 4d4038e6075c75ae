package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The memory model, calibrated by one constant, on what the authors published. */
class PublishedDesignTest {
  /** The notebook: 680,861 words of 32 bytes a layer in 940,000 cycles at 425 MHz, of 12 GB/s. */
  @Test
  void theConstantIsFrozen() {
    assertThat(PublishedDesign.memoryEfficiency()).isEqualTo(0.8209, Assertions.within(0.0005));
  }

  @Test
  void publishedThroughputFollowsWithinTenPercent() {
    assertThat(PublishedDesign.tokensPerSecond(4, 400e6)).isCloseTo(7.21, Assertions.withinPercentage(10));
    assertThat(PublishedDesign.tokensPerSecond(8, 400e6)).isCloseTo(3.61, Assertions.withinPercentage(10));
  }

  /** The paper's reordering: 5.32 to 7.21 tok/s. The width of its recurrence is not published. */
  @Test
  void thePublishedGainOfReorderingLiesInTheRangeOfPlausibleWidths() {
    double wide = PublishedDesign.reorderingGain(64, 8);
    double narrow = PublishedDesign.reorderingGain(64, 2);
    assertThat(wide).isEqualTo(1.13, Assertions.within(0.01));
    assertThat(narrow).isEqualTo(1.52, Assertions.within(0.01));
    assertThat(7.21 / 5.32).isBetween(wide, narrow);
  }

  /**
   * The paper's U280, 93 tok/s at 200 MHz, simulated, with 1,164 slices: half of them with one product to all with
   * two.
   */
  @Test
  void thePublishedRateOfTheU280LiesInTheRangeOfPlausibleArrays() {
    double least = PublishedDesign.arrayTokensPerSecond(582, 200e6);
    double most = PublishedDesign.arrayTokensPerSecond(2 * 1164, 200e6);
    assertThat(least).isEqualTo(45.3, Assertions.within(0.1));
    assertThat(most).isEqualTo(181.0, Assertions.within(0.1));
    assertThat(93.0).isBetween(least, most);
  }
}
