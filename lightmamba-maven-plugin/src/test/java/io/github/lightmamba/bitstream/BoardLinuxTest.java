package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The Linux of a board")
class BoardLinuxTest {
  private static final BoardLinux NOTHING = new BoardLinux(Optional.empty(), Optional.empty(), Optional.empty());

  @TempDir private Path root;
  private Path common;
  private Path sysroot;

  @BeforeEach
  void image() throws IOException {
    common = Files.createDirectories(root.resolve("common"));
    sysroot = Files.createDirectories(common.resolve("sysroots/cortexa72-cortexa53-xilinx-linux"));
    Files.writeString(common.resolve("rootfs.ext4"), "rootfs");
    Files.writeString(common.resolve("Image"), "kernel");
  }

  @Test
  @DisplayName("is that of EDGE_COMMON_SW where no parameter names one")
  void fallback() throws IOException {
    BoardLinux linux = of(NOTHING, Map.of("EDGE_COMMON_SW", common.toString()));
    assertThat(linux)
        .isEqualTo(
            new BoardLinux(
                Optional.of(sysroot),
                Optional.of(common.resolve("rootfs.ext4")),
                Optional.of(common.resolve("Image"))));
    assertThat(linux.checks())
        .containsExactly(
            Check.good("rootfs", common.resolve("rootfs.ext4").toString()),
            Check.good("kernelImage", common.resolve("Image").toString()),
            Check.good("sysroot", sysroot.toString()));
    Optional<Path> own = Optional.of(root.resolve("own.ext4"));
    assertThat(of(new BoardLinux(Optional.empty(), own, Optional.empty()), Map.of("EDGE_COMMON_SW", common.toString())))
        .isEqualTo(new BoardLinux(Optional.of(sysroot), own, Optional.of(common.resolve("Image"))));
  }

  @Test
  @DisplayName("is missing without either, with what to do; only its sysroot is not needed")
  void missing() throws IOException {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("EDGE_COMMON_SW", " "), Map.of("EDGE_COMMON_SW", root.toString()))) {
      BoardLinux linux = of(NOTHING, environment);
      assertThat(linux).isEqualTo(NOTHING);
      assertThat(linux.checks())
          .extracting(Check::state)
          .containsExactly(Check.State.MISSING, Check.State.MISSING, Check.State.UNCHECKED);
      assertThat(linux.checks().get(0).line())
          .isEqualTo(
              "rootfs: not set. Do: set rootfs to rootfs.ext4 of the vendor's common image for the board, or"
                  + " EDGE_COMMON_SW to the image's folder");
      assertThat(linux.checks()).allMatch(check -> !check.fix().isEmpty());
    }
  }

  @Test
  @DisplayName("is missing where a parameter names what is not there")
  void wrong() {
    Optional<Path> nowhere = Optional.of(root.resolve("nowhere"));
    assertThat(new BoardLinux(nowhere, nowhere, nowhere).checks())
        .extracting(Check::state)
        .containsExactly(Check.State.MISSING, Check.State.MISSING, Check.State.MISSING);
    assertThat(new BoardLinux(Optional.of(sysroot), Optional.of(common), Optional.of(common)).checks())
        .extracting(Check::state)
        .containsExactly(Check.State.MISSING, Check.State.MISSING, Check.State.GOOD);
  }

  private BoardLinux of(BoardLinux named, Map<String, String> environment) throws IOException {
    Machine machine = TestMachine.with(TestMachine.good(root), environment);
    return BoardLinux.of(named.sysroot(), named.rootfs(), named.kernelImage(), machine);
  }
}
