package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Compiled kernels")
class SynthesisJudgementTest {
  @TempDir private Path root;

  private TestBuild build;

  @BeforeEach
  void prepare() throws IOException {
    build = TestBuild.compiled(root, Board.U280, "2022.2");
  }

  @Test
  @DisplayName("with a loop that is slower than promised are not linked, and one that no report tells of is named")
  void slower() {
    build.contract =
        Optional.of(
            "{\"loops\": [{\"kernel\": \"unit\", \"loop\": \"MULTIPLY_WORD\", \"ii\": 0},"
                + "{\"kernel\": \"core\", \"loop\": \"NORM_LANE\", \"ii\": 1},"
                + "{\"kernel\": \"core\", \"loop\": \"NOWHERE\", \"ii\": 1}]}");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("lightmamba_unit MULTIPLY_WORD (1 cycles, promised 0)")
        .hasMessageNotContaining("NORM_LANE");
    assertThat(build.lines).anyMatch(line -> line.startsWith("WARN") && line.contains("NOWHERE"));
    assertThat(build.lines).noneMatch(line -> line.startsWith("link-"));
  }

  @Test
  @DisplayName("of which no report tells a promised loop are not linked for the hardware")
  void untold() throws IOException {
    build.contract =
        Optional.of(
            "{\"loops\": [{\"kernel\": \"unit\", \"loop\": \"MULTIPLY_WORD\", \"ii\": 1},"
                + "{\"kernel\": \"core\", \"loop\": \"NOWHERE\", \"ii\": 1}]}");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("No report tells the interval of any loop of lightmamba_core.");
    assertThat(build.lines).noneMatch(line -> line.startsWith("link-"));
    build.target = BuildTarget.HW_EMU;
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("that need more DSPs than there are are not linked for the hardware")
  void area() throws IOException {
    // Their result is not that of the stand-in, so it is not shared with other tests.
    build = new TestBuild(root, Board.U280, "2022.2");
    area("DSP", 9025);
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining(" dsp of 9024 (")
        .hasMessageContaining("more than there are");
    assertThat(build.lines).noneMatch(line -> line.startsWith("link-"));
    build.target = BuildTarget.HW_EMU;
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("that need more LUTs than there are give a warning: synthesis counts too many")
  void rough() throws IOException {
    build = new TestBuild(root, Board.U280, "2022.2");
    area("LUT", 1_303_681);
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("WARN the compiled kernels take") && line.contains(" lut of 1303680"));
  }

  /** Lets the reports of synthesis say another count. */
  private void area(String resource, long count) {
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                Path work = job.log().getParent();
                for (Path file : StepFiles.below(work, path -> path.toString().endsWith("csynth.xml"))) {
                  String tag = "<" + resource + ">";
                  Files.writeString(file, Files.readString(file).replaceFirst(tag + "\\d+", tag + count));
                }
                return end;
              }
            };
  }
}
