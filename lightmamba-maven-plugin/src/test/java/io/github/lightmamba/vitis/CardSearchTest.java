package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The cards of a machine")
class CardSearchTest {
  private static final String INTERFACE = "fb2b2c5a19ed63593fea95f51fbc8eb9";

  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "XRT's tool is played by a shell script; there is no sh here");
  }

  @Test
  @DisplayName("are read from the report, in which every value is a string and may be missing")
  void report() throws IOException {
    tool(
        "xbutil",
        writes(
            """
            {"schema_version": {"schema": "JSON"}, "system": {"host": {"devices": [
              {"bdf": "0000:04:00.1", "vbnv": "xilinx_u280_gen3x16_xdma_base_1", "id": "0x1234", "is_ready": "true"},
              {"bdf": "0000:05:00.1", "vbnv": "N/A", "is_ready": "false"},
              {"bdf": "0000:06:00.1", "vbnv": null},
              {"bdf": "N/A", "vbnv": "xilinx_u280_golden_9"},
              {}
            ]}}}
            """));
    Path device = Files.createDirectories(root.resolve("devices/0000:04:00.1"));
    Files.writeString(device.resolve("interface_uuids"), INTERFACE.toUpperCase(Locale.ROOT) + "\nnone\n");
    CardSearch search = search();
    assertThat(search.silence()).isEmpty();
    assertThat(search.cards())
        .containsExactly(
            new Card("0000:04:00.1", "xilinx_u280_gen3x16_xdma_base_1", true, Set.of(INTERFACE)),
            new Card("0000:05:00.1", "", false, Set.of()),
            new Card("0000:06:00.1", "", true, Set.of()));
    assertThat(search.cards().get(1).line()).isEqualTo("0000:05:00.1 with an unknown shell, not ready");
  }

  @Test
  @DisplayName("are asked for with the newer tool, if both are there, and it is told where XRT is")
  void newer() throws IOException {
    tool("xbutil", writes("{}"));
    tool(
        "xrt-smi",
        "test \"$*\" = \"examine -f JSON -o $5\" && test \"$XILINX_XRT\" = '" + root + "' || exit 3\n"
            + writes("{\"system\": {\"host\": {\"devices\": [{\"bdf\": \"0000:04:00.1\"}]}}}"));
    assertThat(search().cards()).extracting(Card::address).containsExactly("0000:04:00.1");
  }

  @Test
  @DisplayName("are unknown if the tool says nothing, though it ends with 0, as the wrapper in Debian's package does")
  void broken() throws IOException {
    tool("xbutil", "echo \"$0: /usr/bin/unwrapped/xbutil: No such file or directory\" >&2\nexit 0\n");
    assertThat(search().cards()).isEmpty();
    assertThat(search().silence()).endsWith("xbutil reports nothing");
  }

  @Test
  @DisplayName("are unknown if the report is no JSON, and none if it names none")
  void odd() throws IOException {
    tool("xbutil", writes("Devices present"));
    assertThat(search().silence()).contains("does not answer");
    tool("xbutil", writes("{\"system\": {\"host\": {\"devices\": \"\"}}}"));
    assertThat(search().silence()).endsWith("xbutil names no card");
  }

  private CardSearch search() {
    return CardSearch.of(Map.of("XILINX_XRT", root.toString()), root.resolve("devices"));
  }

  private static String writes(String json) {
    return "test ! -e \"$5\" || exit 4\necho x > leftover.log\ncat > \"$5\" <<'END'\n" + json + "\nEND\n";
  }

  private void tool(String name, String script) throws IOException {
    Path file = Files.createDirectories(root.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
