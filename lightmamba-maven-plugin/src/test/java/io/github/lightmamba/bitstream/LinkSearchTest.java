package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bitstream build")
class LinkSearchTest {
  @TempDir private Path root;

  @Test
  @DisplayName("tries the next strategy after congestion")
  void strategies() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("congestion unless Congestion_SpreadLogic_high");
    build.strategies = List.of("default", "Performance_Explore", "Congestion_SpreadLogic_high");
    build.run();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("attempts").findValuesAsText("result")).containsExactly("ROUTING", "ROUTING", "met");
    assertThat(report.path("clock").path("strategy").asText()).isEqualTo("Congestion_SpreadLogic_high");
  }

  @Test
  @DisplayName("with a lowered clock fails, warns, or is done again lower, as the policy says")
  void timingPolicy() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_lowered above 230");
    build.strategies = List.of("default", "Performance_Explore");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("225.0 MHz, 250 were asked for");
    assertThat(Manifest.read(build.folder()).orElseThrow().succeeded()).isFalse();
    build.policy = TimingPolicy.WARN;
    build.throughput = megahertz -> Map.of("tokens/s", 2.0 * megahertz);
    build.lines.clear();
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("WARN") && line.contains("90 % of its estimate; estimated now: 450.0 tokens/s"
            + " instead of 500.0"));
    // The link is not done again: the policy is no input of it.
    assertThat(build.lines).anyMatch(line -> line.startsWith("link-default-250: up to date"));
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(225);
    assertThat(report.path("attempts").findValuesAsText("askedMhz")).containsExactly("250", "250", "225");
  }

  @Test
  @DisplayName("with a clock that cannot be lowered is done again at a lower one, if that is the policy")
  void unscalable() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_failed above 210");
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    // Nine tenths of 250, and nine tenths of that.
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(202);
  }

  @Test
  @DisplayName("keeps the link that v++ lowered by itself, if none at its clock routes")
  void earlierLink() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_lowered above 230; congestion unless 250");
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(225);
    assertThat(report.path("attempts").findValuesAsText("result")).containsExactly("missed", "ROUTING");
  }

  @Test
  @DisplayName("keeps the link that v++ lowered by itself, if the one at its clock is slower still")
  void slowerStill() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_lowered");
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(225);
    assertThat(report.path("attempts").findValuesAsText("askedMhz")).containsExactly("250", "225");
  }

  @Test
  @DisplayName("whose clock stays faster than its paths is done again lower, three times at most")
  void violated() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_silent above 241");
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(240);
    build.standIn.play("timing_silent");
    build.frequencyMhz = 300;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-003").hasMessageContaining("300 were asked for");
    report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("attempts").findValuesAsText("askedMhz")).containsExactly("300", "293", "287", "281");
  }

  @Test
  @DisplayName("with less than half of the clock is not taken, if lower is the policy")
  void half() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("timing_lowered");
    build.policy = TimingPolicy.LOWER;
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                for (Path file : StepFiles.below(job.directory(), path -> path.toString().endsWith(".xclbin"))) {
                  Files.write(file, kernelClock(Files.readAllBytes(file), 100));
                }
                return end;
              }
            };
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("100.0 MHz, 250 were asked for")
        .hasMessageContaining("less than half");
  }

  /** Returns an xclbin with another clock of the kernels: {@code struct clock_freq} has it 8 bytes before the name. */
  private static byte[] kernelClock(byte[] xclbin, int megahertz) {
    int name = new String(xclbin, StandardCharsets.ISO_8859_1).indexOf("\1\0\0\0\0\0DATA_CLK\0") + 6;
    ByteBuffer.wrap(xclbin).order(ByteOrder.LITTLE_ENDIAN).putShort(name - 8, (short) megahertz);
    return xclbin;
  }
}
