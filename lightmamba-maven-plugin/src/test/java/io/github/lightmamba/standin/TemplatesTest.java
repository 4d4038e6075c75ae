package io.github.lightmamba.standin;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.vitis.CommandValues;
import io.github.lightmamba.vitis.VitisCommands;
import io.github.lightmamba.vitis.VitisStep;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Every command")
class TemplatesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"2022.2", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2"})
  @DisplayName("of a version, with all values that it can take, has options of this version only")
  void accepted(String text) throws IOException, Rejection {
    VitisVersion version = VitisVersion.of(text);
    VitisCommands commands = VitisCommands.of(version);
    int accepted = 0;
    for (VitisStep step : VitisStep.values()) {
      if (commands.has(step)) {
        List<String> words = commands.render(step, values(step, version));
        Command command = Command.parse(words.get(0), version, words.subList(1, words.size()));
        if (words.get(0).equals("v++")) {
          String name = step.name();
          String mode =
              name.startsWith("PACKAGE") ? "package" : name.startsWith("LINK") ? "link" : name.substring(8);
          assertThat(command.mode()).isEqualToIgnoringCase(mode);
        }
        accepted++;
      }
    }
    assertThat(accepted).isEqualTo(version.compareTo(VitisVersion.of("2023.1")) < 0 ? 9 : 10);
  }

  private CommandValues values(VitisStep step, VitisVersion version) throws IOException {
    Path config = Files.writeString(folder.resolve("empty.cfg"), "# nothing\n");
    CommandValues all = CommandValues.none().with("platform", "p").with("config", config);
    boolean clock = version.compareTo(VitisVersion.of("2023.2")) >= 0;
    CommandValues folders =
        all.with("target", "hw").with("tempDir", "t").with("logDir", "l").with("reportDir", "r");
    CommandValues build = folders.with("reportLevel", "2").with("optimize", "3").with("clock", "300000000");
    CommandValues card =
        folders.with("outDir", "p")
            .with("imageFormat", "ext4")
            .with("rootfs", "f")
            .with("kernelImage", "i")
            .with("sdFile", List.of("a", "b"))
            .with("sdDir", "d");
    return switch (step) {
      case COMPILE_CLASSIC ->
          build.with("kernel", "k")
              .with("include", List.of("i", "j"))
              .with("define", "A=1")
              .with("input", "k.cpp")
              .with("output", "k.xo");
      case COMPILE_HLS -> (clock ? all.with("clock", "300000000") : all).with("workDir", "w");
      case LINK_CARD -> build.with("ipCache", "c").with("input", "a.xo").with("output", "x.xclbin");
      case LINK_VERSAL ->
          build.with("ipCache", "c").with("instance", "k_1").with("input", "a.xo").with("output", "x.xsa");
      case PACKAGE_CARD -> folders.with("outDir", "p").with("input", "x.link.xclbin").with("output", "x.xclbin");
      case PACKAGE_VERSAL -> card.with("input", "x.xsa").with("output", "x.xclbin");
      case PACKAGE_VERSAL_DFX -> folders.with("input", "x.xsa").with("output", "x.xclbin");
      case PACKAGE_VERSAL_DFX_IMAGE -> card;
      case EMULATION_CONFIG -> CommandValues.none().with("platform", "p").with("outDir", "e");
      case PLATFORM_INFO -> CommandValues.none().with("platform", "p");
    };
  }
}
