package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.xclbin.MemoryBank;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A build that v++ calls a success")
class BuildJudgementTest {
  @TempDir Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("bash").isPresent(), "the stand-in's tools are shell scripts, and there is no bash");
  }

  @Test
  @DisplayName("is not taken for good where no report tells the slack, the use of the device, or what was promised")
  void untold() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.contract =
        Optional.of(
            "{\"loops\": [{\"kernel\": \"unit\", \"loop\": \"MULTIPLY_WORD\", \"ii\": 1},"
                + "{\"kernel\": \"core\", \"loop\": \"NOWHERE\", \"ii\": 1}]}");
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
        .hasMessageContaining(
            "No report tells the slack, the use of the device, the interval of any loop of lightmamba_core:");
    build.target = BuildTarget.HW_EMU;
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("with a mapping that nobody chose is rejected each time and linked once; a changed link.cfg links again")
  void inferredMapping() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("inferred_mapping");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("v++ chose memories by itself")
        .hasMessageContaining("is kept in " + build.steps().resolve("link-default-250"));
    build.standIn.play("");
    build.lines.clear();
    assertThatThrownBy(build::run).hasMessageContaining("v++ chose memories by itself");
    assertThat(build.lines).anyMatch(line -> line.startsWith("link-default-250: up to date"));
    build.files.computeIfPresent("hls/link.cfg", (name, text) -> text + "# mended\n");
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("is not one whose xclbin is for another platform")
  void otherPlatform() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("other_platform");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining(
            "it is for the platform xilinx_u55c_gen3x16_xdma_3_202210_1, not for xilinx_u280_gen3x16_xdma_1_202211_1");
  }

  @Test
  @DisplayName("with a clock that stays though its paths are slower has the clock that they allow")
  void silentTiming() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("timing_silent");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("245.8 MHz, 250 were asked for");
    build.policy = TimingPolicy.WARN;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode clock = Json.read(build.folder().resolve("report.json"), JsonNode.class).path("clock");
    assertThat(clock.path("source").asText()).isEqualTo("timing summary, worst slack -0.069 ns");
  }

  @Test
  @DisplayName("may name its DDR banks as some cards do")
  void banks() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    Xclbin x = Xclbin.read(build.folder().resolve("lightmamba-u280.xclbin"));
    String link = build.files.get("hls/link.cfg");
    assertThat(problems(renamed(x, "DDR[1]", "bank1"), link)).isEmpty();
    assertThat(problems(renamed(x, "DDR[1]", "bank0"), link)).isNotEmpty();
  }

  private static Xclbin renamed(Xclbin x, String tag, String other) {
    List<MemoryBank> memories =
        x.memories().stream()
            .map(
                bank ->
                    bank.tag().equals(tag)
                        ? new MemoryBank(bank.type(), bank.used(), bank.sizeKiB(), bank.baseAddress(), other)
                        : bank)
            .toList();
    assertThat(memories).isNotEqualTo(x.memories());
    return new Xclbin(
        x.file(), x.header(), x.sections(), x.instances(), memories, x.connections(), x.groups(),
        x.groupConnections(), x.clocks(), x.kernels(), x.build(), x.keyValues(), x.imageMarked());
  }

  private List<String> problems(Xclbin xclbin, String link) throws IOException {
    LinkConfig asked = LinkConfig.read(Files.writeString(root.resolve("asked.cfg"), link));
    return XclbinJudgement.problems(xclbin, asked, BuildTarget.HW, xclbin.header().platform());
  }
}
