package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.process.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command of")
class VitisCommandsTest {
  private static final String U280 = "xilinx_u280_gen3x16_xdma_1_202211_1";
  private static final String VCK190 = "xilinx_vck190_base_202320_1";

  private static final CommandValues BASE =
      CommandValues.none().with("target", "hw").with("platform", U280).with("tempDir", "t");

  @Test
  @DisplayName("a classic compilation is that of the vendor's examples, in every version")
  void classic() {
    CommandValues values =
        BASE.with("kernel", "gemv")
            .with("clock", "300000000")
            .with("include", List.of("src", "inc"))
            .with("define", List.of("A=1"))
            .with("logDir", "l")
            .with("reportDir", "r")
            .with("option", List.of("--hls.jobs", "4"))
            .with("output", "gemv.xo")
            .with("input", "src/gemv.cpp");
    String expected =
        "v++ -c --save-temps -t hw --platform " + U280 + " -k gemv --temp_dir t --log_dir l --report_dir r --hls.clock"
            + " 300000000:gemv -I src -I inc -D A=1 --hls.jobs 4 -o gemv.xo src/gemv.cpp";
    for (String version : List.of("2022.2", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2")) {
      assertThat(render(version, VitisStep.COMPILE_CLASSIC, values)).isEqualTo(expected);
    }
  }

  @Test
  @DisplayName("a compilation with --mode hls exists since 2023.1 and takes a clock since 2023.2")
  void modeHls() {
    CommandValues values = CommandValues.none().with("platform", U280).with("config", "h.cfg").with("workDir", "w");
    CommandValues clocked = values.with("clock", "300000000");
    assertThat(render("2023.1", VitisStep.COMPILE_HLS, values))
        .isEqualTo("v++ -c --mode hls --platform " + U280 + " --config h.cfg --work_dir w");
    assertThat(render("2023.2", VitisStep.COMPILE_HLS, clocked))
        .isEqualTo("v++ -c --mode hls --platform " + U280 + " --freqhz=300000000 --config h.cfg --work_dir w");
    refused("2023.1", VitisStep.COMPILE_HLS, clocked, "has no place for clock = 300000000");
    refused("2022.2", VitisStep.COMPILE_HLS, values, "does not exist");
    refused("2025.1", VitisStep.COMPILE_HLS, CommandValues.none().with("workDir", "w"), "at least one config");
    assertThat(VitisCommands.of(VitisVersion.of("2023.1")).compileStep()).isEqualTo(VitisStep.COMPILE_CLASSIC);
    assertThat(VitisCommands.of(VitisVersion.of("2023.2")).compileStep()).isEqualTo(VitisStep.COMPILE_HLS);
    assertThat(VitisCommands.of(VitisVersion.of("2022.2")).has(VitisStep.COMPILE_HLS)).isFalse();
  }

  @Test
  @DisplayName("a link takes whole MHz and makes an xclbin on a card, and takes Hz and makes an xsa on a Versal")
  void link() {
    CommandValues card =
        BASE.with("clock", "300000000")
            .with("config", List.of("link.cfg"))
            .with("reportLevel", "2")
            .with("ipCache", "c")
            .with("output", "x.link.xclbin")
            .with("input", List.of("a.xo", "b.xo"));
    assertThat(render("2022.2", VitisStep.LINK_CARD, card))
        .isEqualTo(
            "v++ -l --save-temps -t hw --platform " + U280 + " --temp_dir t -R 2 --kernel_frequency 300 --config"
                + " link.cfg --remote_ip_cache c -o x.link.xclbin a.xo b.xo");
    CommandValues versal =
        card.with("platform", VCK190).with("output", "x.xsa").with("instance", List.of("k_1", "k_2"));
    assertThat(render("2023.2", VitisStep.LINK_VERSAL, versal)).contains(" --freqhz=300000000 ").endsWith("a.xo b.xo");
    assertThat(render("2023.1", VitisStep.LINK_VERSAL, versal))
        .contains(" --clock.freqHz 300000000:k_1 --clock.freqHz 300000000:k_2 ")
        .doesNotContain("freqhz");
    refused("2023.1", VitisStep.LINK_VERSAL, versal.with("instance", List.of()), "at least one instance");
    refused("2022.2", VitisStep.LINK_CARD, card.with("clock", "300500000"), "whole MHz");
    refused("2022.2", VitisStep.LINK_CARD, card.with("output", "x.xsa"), "ends with .xclbin");
    refused("2023.2", VitisStep.LINK_VERSAL, versal.with("output", "x.xclbin"), "ends with .xsa");
    refused("2022.2", VitisStep.LINK_CARD, card.with("input", List.of()), "at least one input");
  }

  @Test
  @DisplayName("packaging differs between card, flat Versal and the two steps of a DFX Versal")
  void pack() {
    CommandValues card = CommandValues.none().with("target", "hw").with("platform", U280).with("outDir", "p");
    assertThat(
            render("2023.1", VitisStep.PACKAGE_CARD, card.with("input", "x.link.xclbin").with("output", "x.xclbin")))
        .isEqualTo("v++ -p x.link.xclbin -t hw --platform " + U280 + " --package.out_dir p -o x.xclbin");
    CommandValues image =
        BASE.with("platform", VCK190)
            .with("outDir", "p")
            .with("imageFormat", "ext4")
            .with("rootfs", "rootfs.ext4")
            .with("kernelImage", "Image")
            .with("sdFile", List.of("host", "xrt.ini"));
    String sd =
        "--package.boot_mode sd --package.image_format ext4 --package.rootfs rootfs.ext4 --package.kernel_image Image"
            + " --package.sd_file host --package.sd_file xrt.ini";
    assertThat(
            render("2025.2", VitisStep.PACKAGE_VERSAL, image.with("input", "x.link.xsa").with("output", "x.xclbin")))
        .isEqualTo(
            "v++ -p x.link.xsa -t hw --platform " + VCK190 + " --save-temps --temp_dir t --package.out_dir p " + sd
                + " -o x.xclbin");
    CommandValues dfx = CommandValues.none().with("target", "hw").with("platform", VCK190);
    assertThat(render("2024.1", VitisStep.PACKAGE_VERSAL_DFX, dfx.with("input", "x.xsa").with("output", "x.xclbin")))
        .isEqualTo("v++ -p x.xsa -t hw --platform " + VCK190 + " -o x.xclbin");
    assertThat(render("2024.1", VitisStep.PACKAGE_VERSAL_DFX_IMAGE, image))
        .isEqualTo("v++ -p -t hw --platform " + VCK190 + " --temp_dir t --package.out_dir p " + sd);
    refused("2024.1", VitisStep.PACKAGE_VERSAL, image.with("output", "x.xclbin"), "needs one input");
    CommandValues wrong = image.with("input", "x.xclbin").with("output", "x.xclbin");
    refused("2024.1", VitisStep.PACKAGE_VERSAL, wrong, "ends with .xsa");
  }

  @Test
  @DisplayName("a version that is not known is refused with the range, unless a file knows it")
  void versions(@TempDir Path folder) throws IOException {
    for (String version : List.of("2021.2", "2022.1", "2026.1")) {
      assertThatThrownBy(() -> VitisCommands.of(VitisVersion.of(version)))
          .isInstanceOf(LightMambaException.class)
          .hasMessageContaining("LM-VITIS-002")
          .hasMessageContaining("from 2022.2 to 2025.2");
    }
    Path own = folder.resolve("own.json");
    try (var in = VitisCommands.class.getResourceAsStream("commands.json")) {
      Files.writeString(own, new String(in.readAllBytes()).replace("2025.2", "2026.1").replace("--od", "--out"));
    }
    VitisCommands commands = VitisCommands.of(VitisVersion.of("2026.1"), own);
    CommandValues values = CommandValues.none().with("platform", U280).with("outDir", "e");
    assertThat(commands.render(VitisStep.EMULATION_CONFIG, values))
        .containsExactly("emconfigutil", "--platform", U280, "--out", "e");
    Files.writeString(own, "{}");
    assertThatThrownBy(() -> VitisCommands.of(VitisVersion.of("2026.1"), own)).hasMessageContaining("LM-FILE-001");
  }

  private static String render(String version, VitisStep step, CommandValues values) {
    List<String> words = VitisCommands.of(VitisVersion.of(version)).render(step, values);
    return Invocation.of(Path.of("."), words).shellForm();
  }

  private static void refused(String version, VitisStep step, CommandValues values, String why) {
    assertThatThrownBy(() -> render(version, step, values))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("LM-VITIS-002")
        .hasMessageContaining(version)
        .hasMessageContaining(why);
  }
}
