package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.vitis.VitisCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What the user says of the tools")
class ToolOptionsTest {
  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
  }

  @Test
  @DisplayName("may be commands of his own: every step takes them, and their bytes are in every key")
  void commands() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.generate();
    List<Inputs> plain = keys(build);
    build.commands = Optional.of(own("\"--platform\"", "\"-f\""));
    assertThat(commandLines(build)).hasSize(4).allMatch(line -> line.contains(" -f ") && !line.contains("--platform"));
    List<Inputs> first = keys(build);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(plain.get(i).entries()).doesNotContainKey("vitisCommands");
      assertThat(first.get(i).changesSince(plain.get(i))).anyMatch(change -> change.startsWith("vitisCommands"));
    }
    // Bytes that change no command count too: what a file means is not looked at.
    Files.writeString(build.commands.get(), Files.readString(build.commands.get()) + "\n");
    List<Inputs> second = keys(build);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i).changesSince(first.get(i))).contains("vitisCommands changed");
    }
  }

  @Test
  @DisplayName("may be no commands at all, which is said before any work")
  void noCommands() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.commands = Optional.of(Files.writeString(root.resolve("own.json"), "{}"));
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-FILE-001").hasMessageContaining("own.json");
    assertThat(build.steps()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "xilinx_vck190_base_202310_1,,1",
    "xilinx_vck190_base_202310_1,true,2",
    "xilinx_vck190_base_dfx_202310_1,,2",
    "xilinx_vck190_base_dfx_202310_1,false,1"
  })
  @DisplayName("decides whether a platform is packaged in one step or in two; else its name does")
  void dfx(String platform, Boolean said, int commands) throws IOException {
    TestBuild build = new TestBuild(root, Board.VCK190, "2023.1");
    build.platform = Optional.of(platform);
    build.dfx = Optional.ofNullable(said);
    build.generate();
    assertThat(commandLines(build)).filteredOn(line -> line.contains("v++ -p ")).hasSize(commands);
  }

  private static List<String> commandLines(TestBuild build) throws IOException {
    return BuildPlan.of(build.request()).lines().stream().filter(line -> !line.startsWith("#")).toList();
  }

  /** Returns the keys of all steps. */
  private static List<Inputs> keys(TestBuild build) throws IOException {
    FileDigests digests = new FileDigests(build.workspace().digestMemo(), true);
    return StepKeys.steps(build).stream().map(step -> step.inputs(digests)).toList();
  }

  private Path own(String word, String other) throws IOException {
    try (var in = VitisCommands.class.getResourceAsStream("commands.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Files.writeString(root.resolve("own.json"), text.replace(word, other));
    }
  }
}
