package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Words for the commands of v++")
class VppOptionsTest {
  @TempDir private Path root;

  @Test
  @DisplayName("go to the step that stands before them, without one to the link")
  void steps() {
    VppOptions options =
        VppOptions.of(List.of("-g", "compile:--hls.jobs", "compile:4", "link:link:x", "package:-g", "prop=compile:y"));
    assertThat(options.compile()).containsExactly("--hls.jobs", "4");
    assertThat(options.link()).containsExactly("-g", "link:x", "prop=compile:y");
    assertThat(options.packaging()).containsExactly("-g");
  }

  @Test
  @DisplayName("are for no step that there is not")
  void foreign() {
    assertThat(VppOptions.foreign(List.of("compile:-g", "synthesis:--x"))).contains("synthesis:--x");
    assertThat(VppOptions.foreign(List.of("compile:-g", "--clock.freqHz", "300000000:unit_0", "-g"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "U280,xilinx_u280_gen3x16_xdma_1_202211_1,compile:-g,-c",
    "U280,xilinx_u280_gen3x16_xdma_1_202211_1,link:-g,-l",
    "U280,xilinx_u280_gen3x16_xdma_1_202211_1,-g,-l",
    "U280,xilinx_u280_gen3x16_xdma_1_202211_1,package:-g,-p",
    "VCK190,xilinx_vck190_base_202310_1,package:-g,-p",
    "VCK190,xilinx_vck190_base_dfx_202310_1,package:-g,-p -t"
  })
  @DisplayName("stand in the commands of their step, and in no other; on a DFX platform in that which makes the card")
  void commands(Board board, String platform, String word, String command) throws IOException {
    TestBuild build = new TestBuild(root, board, "2023.1");
    build.platform = Optional.of(platform);
    build.vppOptions = List.of(word);
    build.generate();
    List<String> lines =
        BuildPlan.of(build.request()).lines().stream().filter(line -> !line.startsWith("#")).toList();
    assertThat(lines)
        .filteredOn(line -> (line + " ").contains(" -g "))
        .isNotEmpty()
        .containsExactlyElementsOf(lines.stream().filter(line -> line.contains("/v++ " + command + " ")).toList());
  }

  @Test
  @DisplayName("are in the keys of their step and of those after it, with what is in a file that they name")
  void keys() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.2");
    build.generate();
    Map<String, String> plain = StepKeys.of(build);
    Path script = Files.writeString(root.resolve("pre.tcl"), "# one");
    build.vppOptions = List.of("compile:--hls.pre_tcl=" + script);
    Map<String, String> compile = StepKeys.of(build);
    assertThat(StepKeys.changed(plain, compile)).containsExactlyElementsOf(plain.keySet());
    Files.writeString(script, "# two");
    assertThat(StepKeys.changed(compile, StepKeys.of(build))).containsExactlyElementsOf(plain.keySet());
    build.vppOptions = List.of("package:--config=" + script);
    Map<String, String> packaging = StepKeys.of(build);
    assertThat(StepKeys.changed(plain, packaging)).containsExactly("package");
    Files.writeString(script, "# three");
    assertThat(StepKeys.changed(packaging, StepKeys.of(build))).containsExactly("package");
    build.vppOptions = List.of("link:-g");
    Map<String, String> link = StepKeys.of(build);
    assertThat(StepKeys.changed(plain, link)).containsExactly("link-default-250", "package");
    build.vppOptions = List.of("-g");
    assertThat(StepKeys.of(build)).as("the same, said without the step").isEqualTo(link);
  }
}
