package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.mamba.Golden;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trained models against the limits of perplexity that the project has set itself: the schemes beside the default on
 * the sample (the gate holds the default to its own on each run of the sample), and the default on a model of another
 * text, size and tokenizer.
 */
@DisplayName("Over 24 windows of 512 tokens,")
class SampleQualityTest {
  private static final Path OTHER = Path.of("src/test/resources/models/mamba2-kjv-2m");

  @TempDir Path folder;

  @ParameterizedTest(name = "{0} with a head of {1} bits stays at or below {2} on the sample")
  @CsvSource({"W8A8, 8, 26.45", "W4A8, 8, 26.75", "W4A4, 4, 27.10"})
  void sample(Scheme scheme, int headBits, double limit) throws IOException {
    try (TrainedModel model = new TrainedModel(Golden.SAMPLE)) {
      QuantizationOptions options = new QuantizationOptions(scheme, headBits, Method.GPTQ, 0, 16);
      assertThat(model.perplexity(options, folder)).isGreaterThan(26).isLessThanOrEqualTo(limit);
    }
  }

  @Test
  @DisplayName("w4a4 with a head of 8 bits stays within 3 % of the float model on another trained checkpoint")
  void other(TestReporter reporter) throws IOException {
    try (TrainedModel model = new TrainedModel(OTHER)) {
      double original = model.perplexity();
      double quantized = model.perplexity(new QuantizationOptions(Scheme.W4A4, 8, Method.GPTQ, 0, 16), folder);
      reporter.publishEntry("perplexity", original + " float, " + quantized + " w4a4");
      assertThat(original).isBetween(24.4, 24.5);
      assertThat(quantized).isGreaterThan(original).isLessThanOrEqualTo(1.03 * original);
    }
  }
}
