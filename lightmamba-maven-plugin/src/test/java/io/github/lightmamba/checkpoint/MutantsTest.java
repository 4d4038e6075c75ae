package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Damaged files, as many of each kind as lightmamba.mutants says,")
class MutantsTest {
  private static final int MUTANTS = Integer.getInteger("lightmamba.mutants", 2000);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json", "state-spaces", "params.json", "model.safetensors", "model.safetensors.index.json", "data.pkl",
        "zip"
      })
  @DisplayName("end in a named error or in the right model, on a heap of 64 MB")
  void mutants(String kind) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MutantRun.class.getName(),
                kind,
                String.valueOf(MUTANTS),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      System.out.print(output);
      assertThat(process.exitValue()).as(output).isZero();
      assertThat(output).contains(kind + ": " + MUTANTS + " mutants").contains("LM-CKPT-00");
    } finally {
      process.destroyForcibly();
    }
  }
}
