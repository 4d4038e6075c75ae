package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A bitstream build")
class RerunTest {
  @TempDir private Path root;

  @ParameterizedTest
  @CsvSource({
    "U280,2022.2,xilinx_u280_gen3x16_xdma_1_202211_1",
    "U280,2023.2,xilinx_u280_gen3x16_xdma_1_202211_1",
    "VCK190,2023.1,xilinx_vck190_base_dfx_202310_1"
  })
  @DisplayName("leaves commands that a person can run again")
  void rerun(Board board, String version, String platform) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.platform = Optional.of(platform);
    build.vppOptions = List.of("compile:-g", "link:-g", "package:-g");
    build.run();
    for (String step : List.of("compile-lightmamba_unit", "link-default-250", "package")) {
      Path work = build.steps().resolve("work").resolve(step);
      assertThat(work.resolve("command.sh")).content().contains(" -g");
      ProcessResult result = new ProcessRunner().run(Invocation.of(root, List.of("bash", work + "/command.sh")));
      assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    }
  }

  @Test
  @DisplayName("leaves the same commands where all is taken from the cache, and not those of another build")
  void rerunOfWhatWasTaken() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    Path work = build.steps().resolve("work");
    Map<String, String> before = digests(work);
    StepStage.delete(build.workspace().root());
    build.lines.clear();
    build.run();
    assertThat(build.lines).filteredOn(line -> line.contains("from the cache")).hasSize(4);
    assertThat(digests(work))
        .containsKeys(
            "compile-lightmamba_core/command.sh", "compile-lightmamba_unit/command.sh",
            "compile-lightmamba_unit/hls/unit.cpp", "link-default-250/command.sh", "link-default-250/link.cfg",
            "link-default-250/xo/lightmamba_unit.xo", "package/command.sh")
        .allSatisfy((path, digest) -> assertThat(before).containsEntry(path, digest));
    for (String step : List.of("compile-lightmamba_unit", "link-default-250", "package")) {
      Path script = work.resolve(step).resolve("command.sh");
      ProcessResult result = new ProcessRunner().run(Invocation.of(root, List.of("bash", script.toString())));
      assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    }
    String unit = build.files.get("hls/unit.cpp");
    build.files.put("hls/unit.cpp", unit + "// another\n");
    build.run();
    build.files.put("hls/unit.cpp", unit);
    build.run();
    assertThat(work.resolve("compile-lightmamba_unit/hls/unit.cpp")).hasContent(unit);
  }

  @Test
  @DisplayName("takes a link from the cache although the program of a killed build still works in its folder")
  void takenWhileOccupied() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "who works in a folder is told by /proc, which is not here");
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    StepStage.delete(build.workspace().root());
    Path work = Files.createDirectories(build.steps().resolve("work/link-default-250/tmp"));
    Process left = new ProcessBuilder("sleep", "60").directory(work.toFile()).start();
    try {
      assertThat(build.run().succeeded()).isTrue();
    } finally {
      left.destroyForcibly();
    }
    assertThat(build.lines)
        .anyMatch(line -> line.matches("WARN link-default-250: .* not command.sh .* LM-STAGE-003.*"));
    assertThat(work).exists();
  }

  /** Returns the files in the working folders, by path, with a digest of each. */
  private static Map<String, String> digests(Path work) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path file : StepFiles.below(work, path -> true)) {
      files.put(work.relativize(file).toString(), Sha256.of(Files.readAllBytes(file)));
    }
    return files;
  }
}
