package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
}
