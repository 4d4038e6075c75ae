package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The memory of a board that is its own host")
class BoardMemoryCheckTest {
  private static final BoardProfile VCK190 = BoardProfile.read(Board.VCK190, AcceleratorSource.bundled());
  private static final int MEBIBYTE = 1 << 20;

  /** 2 MiB of state in each of the slots. */
  private static final int STATE_WORDS = 2 * MEBIBYTE / 64;

  @TempDir private Path root;
  private Path kernels;
  private Path machine;

  @BeforeEach
  void kernels() throws IOException {
    kernels = Files.createDirectories(root.resolve("2-kernels"));
    machine = Files.createDirectories(root.resolve("machine"));
    Files.createDirectories(kernels.resolve("hls"));
    Files.createDirectories(kernels.resolve("images"));
    Files.writeString(kernels.resolve("design.json"), "{\"units\": 2, \"lanes\": 4}");
    Files.writeString(
        kernels.resolve("hls/link.cfg"),
        """
        [connectivity]
        sp=core.parameters:DDR
        sp=core.embedding:DDR
        sp=core.trace:DDR
        sp=memory_0.weights:DDR
        sp=memory_0.state:DDR
        sp=memory_1.weights:LPDDR
        """);
    image("core.bin", 1, 0);
    image("embedding.bin", 10, 0);
    image("unit_0.bin", 100, STATE_WORDS);
    image("unit_1.bin", 200, STATE_WORDS);
  }

  @Test
  @DisplayName("is not checked on another machine, and the line says what the images need and where to look")
  void elsewhere() {
    Check check = only(BoardMemoryCheck.of(VCK190, kernels, machine));
    assertThat(check.state()).isEqualTo(Check.State.UNCHECKED);
    // DDR: 1 + 10 + 100 and the state of four slots; LPDDR: 200 and the same.
    assertThat(check.found())
        .isEqualTo(
            "not checked: this machine is no AMD Versal VCK190; the images need 119 MiB of DDR and 208 MiB of LPDDR");
    assertThat(check.fix()).contains("CmaFree", "cma=");
  }

  @Test
  @DisplayName("is free contiguous memory for what lies in DDR, and the driver's count for LPDDR4")
  void onTheBoard() throws IOException {
    board(119 << 10, 300, 92 << 10);
    assertThat(BoardMemoryCheck.of(VCK190, kernels, machine))
        .extracting(Check::line)
        .containsExactly(
            "memory of the vck190, DDR: 119 MiB free (CmaFree), 119 MiB are needed",
            "memory of the vck190, LPDDR: 208 MiB free, 208 MiB are needed");
    board((119 << 10) - 1, 300, (92 << 10) + 1);
    List<Check> checks = BoardMemoryCheck.of(VCK190, kernels, machine);
    assertThat(checks).extracting(Check::state).containsOnly(Check.State.DOUBTFUL);
    assertThat(checks.get(0).fix()).contains("cma=");
    assertThat(checks.get(1).fix()).contains("buffers");
  }

  @Test
  @DisplayName("of a bank that the driver does not know yet is not checked")
  void unloaded() throws IOException {
    board(200 << 10, 300, 0);
    Files.writeString(machine.resolve("sys/class/drm/renderD128/device/memstat"), "");
    Check check = BoardMemoryCheck.of(VCK190, kernels, machine).get(1);
    assertThat(check.state()).isEqualTo(Check.State.UNCHECKED);
    assertThat(check.line()).contains("208 MiB are needed", "Do: load a bitstream");
  }

  @Test
  @DisplayName("is not asked of a card, and not known without images")
  void none() throws IOException {
    BoardProfile card = BoardProfile.read(Board.U280, AcceleratorSource.bundled());
    assertThat(BoardMemoryCheck.of(card, kernels, machine)).isEmpty();
    Files.delete(kernels.resolve("images/unit_1.bin"));
    assertThat(only(BoardMemoryCheck.of(VCK190, kernels, machine)).line()).contains("Do: run generate-kernels");
  }

  private static Check only(List<Check> checks) {
    assertThat(checks).hasSize(1);
    return checks.get(0);
  }

  private void board(int freeKibibytes, int bankMebibytes, int usedKibibytes) throws IOException {
    Path tree = Files.createDirectories(machine.resolve("proc/device-tree"));
    Files.writeString(tree.resolve("compatible"), "xlnx,versal-vck190-rev1.1\0xlnx,versal-vck190\0xlnx,versal\0");
    Files.writeString(
        machine.resolve("proc/meminfo"),
        "MemFree: 1 kB\nCmaTotal:        1572864 kB\nCmaFree:         " + freeKibibytes + " kB\n");
    Path device = Files.createDirectories(machine.resolve("sys/class/drm/renderD128/device"));
    Files.writeString(
        device.resolve("memstat"),
        "[UNUSED] DDR@0x000800000000\t(6144MB):\t0KB\t0BOs\n[IN-USE] LPDDR@0x050000000000\t( " + bankMebibytes
            + "MB):\t" + usedKibibytes + "KB\t3BOs\n");
  }

  private void image(String name, int mebibytes, int stateWords) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(kernels.resolve("images").resolve(name).toFile(), "rw")) {
      file.setLength((long) mebibytes * MEBIBYTE);
      file.writeInt(Integer.reverseBytes(stateWords));
    }
  }
}
