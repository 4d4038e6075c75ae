package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A build that v++ calls a success")
class BuildJudgementTest {
  @TempDir private Path root;

  @Test
  @DisplayName("is not taken for good where no report tells the slack or the use of the device")
  void untold() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                for (Path file : StepFiles.below(job.directory(), path -> path.toString().endsWith("routed.rpt"))) {
                  Files.delete(file);
                }
                return end;
              }
            };
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("No report tells the slack and the use of the device:");
    build.target = BuildTarget.HW_EMU;
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("with a mapping that nobody chose is ended before its implementation begins, and not kept")
  void inferredMapping() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("inferred_mapping;pause 200");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("v++ chose memories by itself")
        .hasMessageContaining("It was ended at once");
    assertThat(build.steps().resolve("work/link-default-250/step.log"))
        .content()
        .contains("CFGEN 83-2226")
        .doesNotContain("Step synth");
    assertThat(build.steps().resolve("link-default-250")).doesNotExist();
    build.standIn.play("");
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("with a mapping that nobody chose is rejected where an older plugin kept it")
  void keptMapping() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                String line = "INFO: [CFGEN 83-2226] Inferring mapping for argument unit_1.weights to HBM[0]\n";
                if (job.name().startsWith("link")) {
                  Files.writeString(job.log(), Files.readString(job.log()) + line);
                }
                return end;
              }
            };
    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(build::run)
          .hasMessageStartingWith("LM-BUILD-002")
          .hasMessageContaining("v++ chose memories by itself ([CFGEN 83-2226]): unit_1.weights in HBM[0]")
          .hasMessageContaining("is kept in " + build.steps().resolve("link-default-250"));
    }
    assertThat(build.lines).anyMatch(line -> line.startsWith("link-default-250: up to date"));
  }

  @Test
  @DisplayName("is not one whose xclbin is for another platform")
  void otherPlatform() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("other_platform");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining(
            "it is for the platform xilinx_u55c_gen3x16_xdma_3_202210_1, not for xilinx_u280_gen3x16_xdma_1_202211_1");
  }

  @ParameterizedTest
  @CsvSource({"U280,2022.2,FAIL", "U280,2022.2,WARN", "VCK190,2023.1,WARN"})
  @DisplayName("with a clock that stays though its paths are slower is rejected, whatever the policy")
  void silentTiming(Board board, String version, TimingPolicy policy) throws IOException {
    TestBuild build = TestBuild.compiled(root, board, version);
    build.standIn.play("timing_silent");
    build.policy = policy;
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("allow 245.8 MHz (timing summary, worst slack -0.069 ns), but their clock is faster")
        .hasMessageContaining("-Dlightmamba.frequencyMhz=245");
    JsonNode clock = Json.read(build.folder().resolve("report.json"), JsonNode.class).path("clock");
    assertThat(clock.path("violated").asBoolean()).isTrue();
    assertThat(clock.path("met").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1043700,80.1,true", "1316717,101.0,false"})
  @DisplayName("that fills the device is told of, and one with more than there is is rejected")
  void full(long used, double percent, boolean good) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    String row = "| CLB LUTs         | %8d |     0 |          0 | 1303680 | %5.2f |".formatted(used, percent);
    build.executor =
        local ->
            rewriting(local, "full_util_routed.rpt", text -> text.replaceFirst("(?m)^\\| CLB LUTs .*$", row));
    if (good) {
      assertThat(build.run().succeeded()).isTrue();
      assertThat(build.lines).anyMatch(line -> line.startsWith("WARN 80.1 % of lut are used"));
    } else {
      assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-002").hasMessageContaining("101.0 % of lut");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "timing_summary_routed.rpt,the slack",
    "full_util_routed.rpt,the use of the device",
  })
  @DisplayName("whose report of slack or use has an unknown form is rejected and kept")
  void unknownForm(String report, String untold) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.executor = local -> rewriting(local, report, text -> "a form of another release\n");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("No report tells " + untold + ": the build is not judged");
    assertThat(build.lines).anyMatch(line -> line.startsWith("WARN a report is not read:") && line.contains(report));
    build.lines.clear();
    assertThatThrownBy(build::run).hasMessageContaining("No report tells " + untold);
    assertThat(build.lines).anyMatch(line -> line.startsWith("link-default-250: up to date"));
  }

  @Test
  @DisplayName("whose report per kernel has an unknown form is good, with a warning")
  void unknownKernels() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.executor = local -> rewriting(local, "kernel_util_routed.rpt", text -> "a form of another release\n");
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("WARN a report is not read:") && line.contains("kernel_util_routed.rpt"));
  }

  @ParameterizedTest
  @CsvSource({"4,A hold constraint is missed by 0.25 ns", "8,A pulse width constraint is missed by 0.25 ns"})
  @DisplayName("that misses hold or pulse width is rejected, whatever the policy")
  void otherSlack(int column, String message) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.policy = TimingPolicy.WARN;
    String row = "(?m)^((?: +[0-9.]+){" + column + "} +)[0-9.]+((?: +[0-9.]+){" + (11 - column) + "})$";
    build.executor =
        local -> rewriting(local, "timing_summary_routed.rpt", text -> text.replaceFirst(row, "$1-0.250$2"));
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-003").hasMessageContaining(message);
  }

  @Test
  @DisplayName("and that an older judgement let pass is judged again, without a step that runs again")
  void olderJudgement() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_silent");
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-003");
    Path file = build.folder().resolve(Workspace.MANIFEST);
    ObjectNode manifest = Json.read(file, ObjectNode.class);
    ((ObjectNode) manifest.path("inputs")).remove("judgement");
    manifest.put("fingerprint", "0".repeat(64)).put("succeeded", true);
    Json.replace(file, manifest);
    build.lines.clear();
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-003");
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: runs because of judgement added"));
    assertThat(build.lines).noneMatch(line -> line.matches("(compile|link|package).*: runs because.*"));
    for (JsonNode step : Json.read(build.folder().resolve("report.json"), JsonNode.class).path("steps")) {
      assertThat(step.path("inputs").has("judgement")).isFalse();
    }
  }

  private static Executor rewriting(Executor local, String report, UnaryOperator<String> change) {
    return new ForwardingExecutor(local) {
      @Override
      public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
        StepEnd end = super.run(job, lines);
        for (Path file : StepFiles.below(job.directory(), path -> path.toString().endsWith(report))) {
          Files.writeString(file, change.apply(Files.readString(file)));
        }
        return end;
      }
    };
  }
}
