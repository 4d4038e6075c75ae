package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bitstream build")
class StandInRefusalTest {
  @TempDir private Path root;

  @Test
  @DisplayName("refuses the stand-in outside of tests")
  void standInRefused() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.accepted = false;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-XCLBIN-002");
    assertThat(build.steps()).doesNotExist();
  }

  @Test
  @DisplayName("refuses what a test left, though it is up to date, and never takes it for that of a Vitis")
  void standInLeft() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.run();
    build.accepted = false;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-XCLBIN-002");
    // One that does not say at once what it is: what it left in the cache has another key, its log gives it away.
    Path tool = build.standIn.home().resolve("bin/v++");
    Path real = Files.move(tool, tool.resolveSibling("played"));
    String banner = "****** v++ v2023.1 (64-bit)\\n  **** SW Build 0 on 2026-01-01-00:00:00\\n";
    Files.writeString(
        tool,
        "#!/bin/sh\nif [ \"$1\" = --version ]; then printf '" + banner + "'; else exec '" + real + "' \"$@\"; fi\n");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    build.lines.clear();
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("its log says that the stand-in of the plugin's own tests wrote it");
    assertThat(build.lines)
        .filteredOn(line -> line.startsWith("compile-"))
        .isNotEmpty()
        .noneMatch(line -> line.contains("from the cache") || line.contains("up to date"));
  }
}
