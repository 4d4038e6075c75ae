package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A stage that is run once more, alone")
class RepeatedStagesTest {
  private static final int EXIT_ALONE = 10;

  @TempDir static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    program = CxxProgram.compile("g++", "alone_test.cpp", folder, "-O1", "-DLIGHTMAMBA_CSIM_ALONE",
        "-DLIGHTMAMBA_CSIM_LATE", "-DLIGHTMAMBA_CSIM_CHECKED", "-Wno-unused-label");
  }

  /** 12 items 1, 4, …, 34 have the sum 210; the total goes on in the second start. */
  @Test
  @DisplayName("does the same, in every start, with the memories as it found them")
  void same() throws IOException {
    CxxProgram.Run run = program.run("none");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    String start = "alone unit load: 0 in, 12 out, 12 read, 0 written: equal\n"
        + "alone unit add: 12 in, 12 out, 0 read, 0 written: equal\n"
        + "alone unit store: 12 in, 0 out, 0 read, 12 written: equal\n";
    assertThat(run.output()).isEqualTo(start + start + "sum 420\n");
  }

  @ParameterizedTest
  @CsvSource({
    "address, load, use 0 of its memory ports is another one",
    "unfinished, load, gives 11 of 12 items to 'items'",
    "item, add, gives another item 3 to 'sums'",
    "fewer, add, gives 11 of 12 items to 'sums'",
    "more, add, gives more than 12 items to 'sums'",
    "greedy, add, takes more than 12 items of 'items'",
    "unread, store, takes 11 of 12 items of 'sums'",
    "word, store, use 5 of its memory ports has another content",
    "memory, add, leaves something else in a persistent memory",
    "hidden, add, gives another item 0 to 'sums'",
    "polls, add, 'polls ''items'', of which no order is recorded'"
  })
  @DisplayName("is found by name if it does something else, or needs what does not come through its ports")
  void differs(String fault, String stage, String difference) throws IOException {
    CxxProgram.Run run = program.run(fault);
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(EXIT_ALONE);
    assertThat(run.output().lines().filter(line -> line.startsWith("alone ") && !line.endsWith(": equal")))
        .singleElement().asString().startsWith("alone unit " + stage + ": ").endsWith(": differs: " + difference);
  }
}
