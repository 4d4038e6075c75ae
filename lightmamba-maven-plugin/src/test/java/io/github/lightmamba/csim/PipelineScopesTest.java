package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Stalled pipelines in simulation")
class PipelineScopesTest {
  private static final String SOURCE = "stalled_test.cpp";

  /** Three layers of 20 values: 190 = 0 + … + 19, then sums of what the layer before answered. */
  private static final int RESULT = ringResult();

  @TempDir static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    String text = Files.readString(KernelSources.ROOT.resolve("csim/tests").resolve(SOURCE));
    Path transformed = folder.resolve(SOURCE);
    Files.writeString(transformed, PipelineScopes.transform(Map.of(SOURCE, text)).get(SOURCE));
    program = CxxProgram.compile("g++", transformed.toString(), folder, "-O1", "-Wno-unknown-pragmas",
        "-Wno-unused-label", "-DLIGHTMAMBA_CSIM_STALL");
  }

  private static int ringResult() {
    int sum = 190;
    int result = 0;
    for (int layer = 0; layer < 3; layer++) {
      int answers = 20 * sum + 190;
      result += answers;
      sum = answers;
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"apart, 1", "apart, 1000", "flushing, 1000", "flattened, 0", "unmarked, 0"})
  @DisplayName("a loop that ends with the vector, or flushes, gives the right result; so does any loop without a stall")
  void rings(String owner, String held) throws IOException {
    CxxProgram.Run run = program.run(owner, held);
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).isEqualTo(RESULT + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "flattened, 1, FLAT_LAYER/FLAT_VALUE",
    "flattened, 7, FLAT_LAYER/FLAT_VALUE",
    "unmarked, 1, UNMARKED_VALUE"
  })
  @DisplayName("a loop over the point where its input depends on its output deadlocks, with loop and stream by name")
  void stalls(String owner, String held, String loop) throws IOException {
    CxxProgram.Run run = program.run(owner, held);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errors()).startsWith("DEADLOCK\n")
        .contains("process 'owner' of unit 'unit_0': read of empty 'answers'")
        .contains("its pipelined loop '" + loop + "' keeps back " + held + " for 'questions'");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "A: for (;;) {~#pragma HLS PIPELINE II=1~ s(); }                                             | A",
    "A: for (;;) {~#pragma HLS pipeline style=frp II=1~ s(); }                                   | ''",
    "A: for (;;) {~#pragma HLS PIPELINE II=2 style=stp~ s(); }                                   | A",
    "A: for (;;) {~#pragma HLS PIPELINE off~ s(); }                                              | ''",
    "A: for (;;) { s(); }                                                                          | A",
    "A: for (;;) {~#pragma HLS UNROLL~ s(); }                                                    | ''",
    "A: for (;;) {~#pragma HLS UNROLL factor=2~ s(); }                                           | A",
    "A: for (;;) { B: for (;;) {~#pragma HLS PIPELINE~ s(); } }                                  | A/B",
    "A: for (;;) { int i = 2 * n; B: for (;;) {~#pragma HLS PIPELINE~ s(); } ++i; }              | A/B",
    "A: for (;;) { s(); B: for (;;) {~#pragma HLS PIPELINE~ s(); } }                             | B",
    "A: for (;;) {~#pragma HLS LOOP_FLATTEN off~ B: for (;;) {~#pragma HLS PIPELINE~ s(); } }  | B",
    "A: for (;;) { B: for (;;) {~#pragma HLS PIPELINE~#pragma HLS LOOP_FLATTEN off~ s(); } }    | B",
    "A: for (;;) { B: for (;;) { C: for (;;) {~#pragma HLS PIPELINE~ s(); } } }                  | A/B/C",
    "A: for (;;) { B: for (;;) { s(); } C: for (;;) { s(); } }                                     | B C",
    "A: for (;;) {~#pragma HLS PIPELINE~ B: for (;;) { s(); } }                                  | A",
    "A: for (;;) { B: for (;;) {~#pragma HLS UNROLL~ s(); } }                                    | A",
    "A: for (;;) { loops<2>(3); }                                                                  | ''",
    "A: for (;;) { /* for (;;) { */ s(\"for (;;) {\"); } // }                                      | A"
  })
  @DisplayName("the pipelines are those that Vitis builds: by pragma, by itself, over a flattened nest")
  void findsPipelines(String body, String expected) {
    String text = "void loops(int n) {\nX: for (;;) {\n#pragma HLS PIPELINE style=flp\n s(); }\n}\nvoid f() {\n"
        + body.replace('~', '\n') + "\n}\n";
    assertThat(String.join(" ", PipelineScopes.stalling(Map.of("f.hpp", text)))).isEqualTo(expected);
    assertThat(PipelineScopes.flushing(Map.of("f.hpp", text))).startsWith("X").hasSize(body.contains("frp") ? 2 : 1);
  }

  @Test
  @DisplayName("what is not simulated is refused")
  void refuses() {
    assertThatThrownBy(() -> stalling("A: for (;;) {\n#pragma HLS PIPELINE II=1 rewind\n s(); }"))
        .hasMessageContaining("rewinds");
    assertThatThrownBy(() -> stalling("\n#pragma HLS PIPELINE II=1\n s();")).hasMessageContaining("f.hpp:2");
    assertThatThrownBy(() -> stalling("while (n) { s(); }")).hasMessageContaining("only for loops");
  }

  private static void stalling(String body) {
    PipelineScopes.stalling(Map.of("f.hpp", "void f() {" + body + "}"));
  }
}
