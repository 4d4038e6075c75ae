package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The memories of a platform")
class MemoryTagsTest {
  @TempDir private Path root;
  private TestBuild build;
  private BitstreamRequest request;

  @BeforeEach
  void build() throws IOException {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
    build = new TestBuild(root, Board.U280, "2023.1");
    request = build.request();
  }

  @Test
  @DisplayName("are those that link.cfg names, whatever the index")
  void known() {
    build.generate();
    assertThat(check(request.tools())).isEqualTo(Check.good("memory tags of the u280", "HBM, DDR"));
  }

  @Test
  @DisplayName("are not others: each is named once, with what to do")
  void unknown() throws IOException {
    link("sp=core.parameters:DDR[1]\nsp=unit_0.image:HBM[0:3]\nsp=unit_1.image:PLRAM[0]\nsp=unit_2.image:PLRAM[2]\n"
        + "sp=unit_3.image:LPDDR\n");
    Check check = check(request.tools());
    assertThat(check.state()).isEqualTo(Check.State.MISSING);
    assertThat(check.found()).isEqualTo("link.cfg maps to PLRAM, LPDDR, and the platform has HBM, DDR");
    assertThat(check.fix())
        .isEqualTo(
            "choose the platform of the board's profile, or correct the tags in boards/u280.json of the accelerator"
                + " sources");
  }

  @Test
  @DisplayName("are not known without Vitis, without kernels, and of a platform that tells none")
  void untold() throws IOException {
    unchecked(request.tools(), "no link.cfg", "there is no ", "run generate-kernels");
    link("sp=unit_0.image:PLRAM[0]\n");
    unchecked(BuildTools.planned(request.board(), ToolOptions.NONE), "no Vitis", "no platforminfo", "install Vitis");
    Files.writeString(build.standIn.home().resolve("bin/platforminfo"), "#!/bin/sh\necho 'FPGA Device: xcu280'\n");
    unchecked(request.tools(), "no tags", "platforminfo tells no memories", "compare the tags of link.cfg");
  }

  private void unchecked(BuildTools tools, String what, String why, String fix) {
    Check check = check(tools);
    assertThat(check.state()).as(what).isEqualTo(Check.State.UNCHECKED);
    assertThat(check.found()).startsWith("not checked: " + why);
    assertThat(check.fix()).startsWith(fix);
  }

  private Check check(BuildTools tools) {
    return MemoryTags.check(request.board(), tools, request.kernels());
  }

  private void link(String mappings) throws IOException {
    Path file = request.kernels().resolve("hls/link.cfg");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "[connectivity]\n" + mappings);
  }
}
