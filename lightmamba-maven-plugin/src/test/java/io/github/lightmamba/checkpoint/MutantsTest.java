package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Damaged files, as many of each kind as lightmamba.mutants says,")
class MutantsTest {
  private static final int MUTANTS = Integer.getInteger("lightmamba.mutants", 2000);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json", "state-spaces", "params.json", "model.safetensors", "model.safetensors.index.json", "data.pkl",
        "zip", "zip entry"
      })
  @DisplayName("end in a named error or in the right model, on a heap of 64 MB")
  void mutants(String kind) throws IOException, InterruptedException {
    String output = Fork.run(64, MutantRun.class, kind, String.valueOf(MUTANTS), folder.toString());
    System.out.print(output);
    assertThat(output).contains(kind + ": " + MUTANTS + " mutants").contains("LM-CKPT-00");
  }

  @ParameterizedTest
  @CsvSource({
    "config,64,there is no model_type",
    "header,320,has the dtype",
    "index,160,no weight_map",
    "pickle,160,the file holds a list"
  })
  @DisplayName("that take the most memory for their length are refused on a small heap")
  void worstCases(String kind, int heap, String reason) throws IOException, InterruptedException {
    Fork.run(512, WorstCaseRun.class, "write", kind, folder.toString());
    assertThat(Fork.run(heap, WorstCaseRun.class, "open", kind, folder.toString())).contains(reason);
  }
}
