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
}
