package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.JavaMachine;
import io.github.lightmamba.synthetic.SyntheticCheckpoint;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A quantization by GPTQ")
class ResumeTest {
  private static final int LAYERS = 4;
  private static final int VOCABULARY = 128;

  @TempDir private Path folder;
  private Path checkpoint;
  private Path tokenizer;
  private Path calibration;
  private Path evaluation;

  @BeforeEach
  void files() throws IOException {
    SyntheticShape shape = SyntheticShape.of("tiny").withLayers(LAYERS).withVocabulary(VOCABULARY);
    checkpoint =
        SyntheticCheckpoint.write(
            folder.resolve("checkpoint"), shape, SyntheticCheckpoint.Decays.USUAL, DType.BF16, 3);
    tokenizer = Files.writeString(folder.resolve("words.json"), QuantizeStageTest.tokenizer(VOCABULARY));
    calibration = Files.writeString(folder.resolve("calibration.txt"), QuantizeStageTest.words(600, 1));
    evaluation = Files.writeString(folder.resolve("evaluation.txt"), QuantizeStageTest.words(200, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "residuals-2.safetensors | false | goes on at block 3 of 4, where a run was interrupted",
        "residuals-1.safetensors | true | goes on at block 2 of 4, where a run was interrupted",
        "residuals-4.safetensors | false | goes on after the last block of 4, where a run was interrupted",
        "evaluating the integer model | true | all 4 blocks were quantized by an earlier run that did not end"
      })
  @DisplayName("goes on where it was killed, and ends with the same bytes")
  void killed(String point, boolean unrotated, String said) throws IOException, InterruptedException {
    Workspace workspace = new Workspace(folder.resolve("killed"));
    kill(workspace, unrotated, point);
    assertThat(workspace.quantized().resolve("manifest.json")).doesNotExist();
    assertThat(workspace.unfinishedQuantization().resolve("state.json")).exists();

    List<String> lines = new ArrayList<>();
    Manifest resumed =
        KilledQuantization.run(
            request(workspace), unrotated, new ConsoleProgress(lines::add, lines::add, null, System::nanoTime));

    assertThat(lines).contains(said);
    assertThat(workspace.unfinishedQuantization()).doesNotExist();
    Manifest straight =
        KilledQuantization.run(request(new Workspace(folder.resolve("straight"))), unrotated, Progress.SILENT);
    assertThat(resumed.outputs()).isEqualTo(straight.outputs());
  }

  @Test
  @DisplayName("begins anew if something has changed since it was killed, or what was kept is damaged")
  void changed() throws IOException, InterruptedException {
    Workspace workspace = new Workspace(folder.resolve("killed"));
    kill(workspace, false, "residuals-2.safetensors");
    Files.writeString(calibration, QuantizeStageTest.words(600, 7));
    List<String> lines = new ArrayList<>();
    Progress progress = new ConsoleProgress(lines::add, lines::add, null, System::nanoTime);
    KilledQuantization.run(request(workspace), false, progress);
    assertThat(lines).noneMatch(line -> line.startsWith("goes on"));

    Workspace other = new Workspace(folder.resolve("other"));
    kill(other, false, "residuals-2.safetensors");
    Files.writeString(other.unfinishedQuantization().resolve("state.json"), "{\"key\":");
    KilledQuantization.run(request(other), false, progress);
    assertThat(lines).noneMatch(line -> line.startsWith("goes on"));
    assertThat(other.unfinishedQuantization()).doesNotExist();
  }

  @Test
  @DisplayName("does not depend on the number of threads")
  void threads() throws Exception {
    List<Manifest> results = new ArrayList<>();
    for (int threads : new int[] {1, 3, 8}) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      try {
        QuantizeRequest request = request(new Workspace(folder.resolve("threads" + threads)));
        results.add(pool.submit(() -> KilledQuantization.run(request, true, Progress.SILENT)).get());
      } finally {
        pool.shutdown();
      }
    }
    assertThat(results.get(1).outputs()).isEqualTo(results.get(0).outputs());
    assertThat(results.get(2).outputs()).isEqualTo(results.get(0).outputs());
  }

  private void kill(Workspace workspace, boolean unrotated, String point) throws IOException, InterruptedException {
    Process process =
        JavaMachine.start(
            256,
            KilledQuantization.class,
            checkpoint.toString(),
            tokenizer.toString(),
            calibration.toString(),
            evaluation.toString(),
            workspace.root().toString(),
            String.valueOf(unrotated),
            point);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("stopped");
    } finally {
      process.destroyForcibly();
    }
    process.waitFor();
  }

  private QuantizeRequest request(Workspace workspace) {
    return KilledQuantization.request(workspace, checkpoint, tokenizer, calibration, evaluation);
  }
}
