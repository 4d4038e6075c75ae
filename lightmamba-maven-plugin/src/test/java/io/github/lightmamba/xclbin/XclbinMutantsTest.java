package io.github.lightmamba.xclbin;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Fork;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({
    "elements,192,more than 400000 elements",
    "attributes,192,more than 400000 elements",
    "text,128,read 1 sections",
    "nested json,96,is no JSON",
    "flat json,64,read 1 sections",
    "pairs,96,more than 10000 pairs",
    "banks,96,read 1 sections",
    "image,32,read 1 sections"
  })
  @DisplayName("that take the most memory for their length are read or refused on a small heap")
  void worstCases(String kind, int heap, String result) throws IOException, InterruptedException {
    String file = folder.resolve("worst.xclbin").toString();
    Fork.run(1024, XclbinWorstCaseRun.class, "write", kind, file);
    assertThat(Fork.run(heap, XclbinWorstCaseRun.class, "open", kind, file)).contains(result);
  }
}
