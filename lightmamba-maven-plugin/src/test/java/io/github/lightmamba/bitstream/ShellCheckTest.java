package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.vitis.Card;
import io.github.lightmamba.vitis.CardSearch;
import io.github.lightmamba.vitis.Platform;
import io.github.lightmamba.vitis.VitisCommands;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The shell of a card that is here")
class ShellCheckTest {
  private static final String NAME = "xilinx_u280_gen3x16_xdma_1_202211_1";
  private static final String SHELL = "xilinx_u280_gen3x16_xdma_base_1";
  private static final String GOOD = "fb2b2c5a19ed63593fea95f51fbc8eb9";
  private static final String OTHER = "862c7020a250293e32036f19956669e5";

  private static final BoardProfile U280 = BoardProfile.read(Board.U280, AcceleratorSource.bundled());

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "xilinx_u280_gen3x16_xdma_base_1,GOOD",
    "xilinx_u280_gen3x16_xdma_shell_1,GOOD",
    "xilinx_u280_gen3x16_xdma_1,GOOD",
    "xilinx_u280_gen3x16_xdma_base_2,DOUBTFUL",
    "xilinx_u280_xdma_201920_3,DOUBTFUL",
    "xilinx_u55c_gen3x16_xdma_base_3,UNCHECKED"
  })
  @DisplayName("is compared by its name where UUIDs are not known, and then never ends a build")
  void byName(String shell, Check.State state) throws IOException {
    Check check = check(false, card(shell, true, Set.of()));
    assertThat(check.state()).isEqualTo(state);
    assertThat(check.name()).isEqualTo("shell of the u280");
    if (state != Check.State.GOOD) {
      assertThat(check.fix()).isNotEmpty();
    }
  }

  @Test
  @DisplayName("is compared by its interface UUID where both are known: another one ends a build before hours of link")
  void byInterface() throws IOException {
    hardware("{\"partition_metadata\": {\"interfaces\": [{\"interface_uuid\": \"" + GOOD + "\"}]}}");
    assertThat(check(false, card(SHELL, true, Set.of(OTHER, GOOD))).state()).isEqualTo(Check.State.GOOD);
    Check wrong = check(false, card(SHELL, true, Set.of(OTHER)));
    assertThat(wrong.state()).isEqualTo(Check.State.MISSING);
    assertThat(wrong.line()).contains("0000:04:00.1 with " + SHELL, "by its interface UUID", "Do: program the card");
    assertThat(check(false, card(SHELL, true, Set.of(OTHER)), card(SHELL, true, Set.of(GOOD))).state())
        .isEqualTo(Check.State.GOOD);
    // The name says nothing any more: the UUID is what the driver compares.
    assertThat(check(false, card("xilinx_u280_renamed_9", true, Set.of(GOOD))).state()).isEqualTo(Check.State.GOOD);
  }

  @Test
  @DisplayName("is only doubted if the user named the platform: the bitstream may be for a card elsewhere")
  void named() throws IOException {
    hardware("<x interface_uuid=\"FB2B2C5A-19ED-6359-3FEA-95F51FBC8EB9\"/>");
    assertThat(check(true, card(SHELL, true, Set.of(OTHER))).state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(check(true, card(SHELL, true, Set.of(GOOD))).state()).isEqualTo(Check.State.GOOD);
  }

  @Test
  @DisplayName("of a card that is not ready is doubted, with what to do")
  void notReady() throws IOException {
    assertThat(check(false, card(SHELL, false, Set.of())).line()).contains("not ready", "Do: load its shell");
  }

  @Test
  @DisplayName("that no tool tells is not checked, and the line says how to do it elsewhere")
  void silent() throws IOException {
    Check check = ShellCheck.of(U280, tools(false), new CardSearch(List.of(), "neither xrt-smi nor xbutil is here"));
    assertThat(check.line())
        .isEqualTo(
            "shell of the u280: not checked: neither xrt-smi nor xbutil is here. Do: where the card is, compare its"
                + " shell (xrt-smi examine) with the platform " + NAME);
    assertThat(check.state()).isEqualTo(Check.State.UNCHECKED);
  }

  private Check check(boolean named, Card... cards) throws IOException {
    return ShellCheck.of(U280, tools(named), new CardSearch(List.of(cards), ""));
  }

  private static Card card(String shell, boolean ready, Set<String> interfaces) {
    return new Card("0000:04:00.1", shell, ready, interfaces);
  }

  private BuildTools tools(boolean named) throws IOException {
    Path file = Files.writeString(folder.resolve(NAME + ".xpfm"), "<platform/>");
    VitisCommands commands = VitisCommands.of(VitisVersion.of("2023.1"));
    Optional<String> platform = named ? Optional.of(NAME) : Optional.empty();
    ToolOptions said = new ToolOptions(platform, List.of(), Optional.empty(), Optional.empty());
    return new BuildTools(Optional.empty(), commands, new Platform(NAME, file), said, List.of(), Map.of());
  }

  private void hardware(String metadata) throws IOException {
    Path file = Files.createDirectories(folder.resolve("hw")).resolve("hw.xsa");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("hw.dcp"));
      zip.write(("interface_uuid: " + OTHER).getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("metadata/partition.json"));
      zip.write(metadata.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
  }
}
