package io.github.lightmamba.xclbin;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Fork;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Damaged xclbin files, as many of each kind as lightmamba.mutants says,")
class XclbinMutantsTest {
  private static final int MUTANTS = Integer.getInteger("lightmamba.mutants", 2000);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"table", "structs", "texts", "anything"})
  @DisplayName("end in a named error or in what their bytes say, on a heap of 64 MB")
  void mutants(String kind) throws IOException, InterruptedException {
    String output = Fork.run(64, XclbinMutantRun.class, kind, String.valueOf(MUTANTS), folder.toString());
    System.out.print(output);
    assertThat(output).contains(kind + ": " + MUTANTS + " mutants").contains("LM-XCLBIN-001=").contains("read=");
  }
}
