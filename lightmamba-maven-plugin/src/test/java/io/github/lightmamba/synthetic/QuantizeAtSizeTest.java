package io.github.lightmamba.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint.Decays;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage at a published size, in a small heap; docs/benchmarks.md has the larger ones. */
class QuantizeAtSizeTest {
  private static final int HEAP = 512;

  @TempDir Path folder;

  /** Mamba2-130m has 129 M parameters: twice as a float model alone would not fit. */
  @Test
  void aModelOf130mFitsIntoHalfAGigabyte(TestReporter reporter) throws IOException, InterruptedException {
    Path checkpoint =
        SyntheticCheckpoint.write(
            folder.resolve("checkpoint"), SyntheticShape.of("130m"), Decays.USUAL, DType.BF16, 1);
    Path work = folder.resolve("work");
    Process process =
        JavaMachine.start(HEAP, QuantizeRun.class, checkpoint.toString(), work.toString(), "W4A4", "RTN", "1");
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      reporter.publishEntry("130m at " + HEAP + " MB", output);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).contains("without rotation not measured");
    } finally {
      process.destroyForcibly();
    }
    JsonNode report =
        new ObjectMapper().readTree(work.resolve("lightmamba/1-quantized/report.json").toFile());
    assertThat(report.at("/perplexity/unrotated").isNull()).isTrue();
    assertThat(report.at("/perplexity/quantized").asDouble()).isGreaterThan(1);
    // docs/numerics.md, section 7: 2^38 multiply-adds of 90 M weights.
    assertThat(report.at("/calibration/windows").asInt()).isEqualTo(5);
    assertThat(work.resolve("lightmamba/.1-quantized.unfinished")).doesNotExist();
  }
}
