package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.IntegerLanguageModel;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.perplexity.EvaluationWindows;
import io.github.lightmamba.perplexity.Perplexity;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The schemes beside the default on the sample, against the limits of perplexity that the project has set itself; the
 * gate holds the default to its own on each run of the sample.
 */
@DisplayName("Over 24 windows of 512 tokens of the sample,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleQualityTest {
  private Checkpoint checkpoint;
  private ModelWeights weights;
  private int[] calibration;
  private EvaluationWindows windows;

  @BeforeAll
  void open() throws IOException {
    checkpoint = Checkpoint.open(Golden.SAMPLE);
    weights = ModelWeights.of(checkpoint);
    try (TextTokenizer tokenizer = TextTokenizer.open(Golden.SAMPLE)) {
      calibration = tokenizer.encode(Files.readString(Golden.SAMPLE.resolve("calibration.txt")));
      int[] heldout = tokenizer.encode(Files.readString(Golden.SAMPLE.resolve("heldout.txt")));
      windows = new EvaluationWindows(heldout, 24, 512);
    }
  }

  @AfterAll
  void close() {
    checkpoint.close();
  }

  @ParameterizedTest(name = "{0} with a head of {1} bits stays at or below {2}")
  @CsvSource({"W8A8, 8, 26.45", "W4A8, 8, 26.75", "W4A4, 4, 27.10"})
  void perplexity(Scheme scheme, int headBits, double limit) {
    QuantizationOptions options = new QuantizationOptions(scheme, headBits, Method.GPTQ, 0, 16);
    ModelQuantizer quantizer = new ModelQuantizer(weights, options);
    ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), 0);
    QuantizedModel model = quantizer.run(rotation, calibration, Progress.SILENT).rotated();
    double found =
        Perplexity.of(new IntegerLanguageModel(new IntegerModel(model)), windows, Progress.SILENT).perplexity().mean();
    assertThat(found).isGreaterThan(26).isLessThanOrEqualTo(limit);
  }
}
