package io.github.lightmamba.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.bitstream.BoardLinux;
import io.github.lightmamba.bitstream.Check;
import io.github.lightmamba.bitstream.LocalExecutor;
import io.github.lightmamba.bitstream.Machine;
import io.github.lightmamba.bitstream.TestMachine;
import io.github.lightmamba.bitstream.ToolOptions;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.vitis.VitisSearch;
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

@DisplayName("The doctor, asked for a bitstream on a machine without Vitis")
class DoctorTest {
  private static final String GOAL = "build-bitstream";

  @TempDir private Path root;
  private Machine machine;

  @BeforeEach
  void machine() throws IOException {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in of XRT is a shell script; there is no sh here");
    machine = TestMachine.good(root);
  }

  @Test
  @DisplayName("finds nothing else missing where everything else is there")
  void good() throws IOException {
    assertThat(missing(machine, Board.U280)).containsExactly("Vitis for u280");
    assertThat(missing(machine, Board.VCK190)).containsExactly("Vitis for vck190", "rootfs", "kernelImage");
  }

  @Test
  @DisplayName("finds XRT missing, and the disk below what a link is tried with; doubt does not fail a goal")
  void bad() throws IOException {
    Machine bad = TestMachine.with(TestMachine.with(machine, Map.of()), TestMachine.disk((10L << 30) - 1));
    TestMachine.memory(root, 0);
    assertThat(missing(bad, Board.U280)).containsExactly("Vitis for u280", "disk", "XRT");
    assertThat(examine(bad, Board.U280).lines())
        .anyMatch(line -> line.startsWith("missing   XRT: no bin/xclbinutil in XILINX_XRT or /opt/xilinx/xrt. Do: "))
        .anyMatch(line -> line.startsWith("missing   disk: 9 GiB free, no link is tried below 10. Do: make room"))
        .anyMatch(line -> line.startsWith("doubtful  memory: 0 GiB free. Do: "))
        .anyMatch(line -> line.startsWith("doubtful  licence: neither "))
        .anyMatch(line -> line.startsWith("goal build-bitstream: lacks Vitis for u280, disk, XRT; needs "));
  }

  @Test
  @DisplayName("looks at the cache's disk, if it is another, and says that the goal needs it")
  void cache() throws IOException {
    Path cache = Files.createDirectories(root.resolve("cache"));
    Machine two =
        TestMachine.with(
            machine,
            folder -> new Machine.Disk(folder.startsWith(cache), folder.startsWith(cache) ? 0 : 60L << 30));
    Diagnosis diagnosis = examine(two, Board.U280);
    assertThat(diagnosis.needs().get(GOAL))
        .containsExactly(
            "JDK", "Vitis for u280", "XRT", "disk", "disk of the cache", "licence", "memory", "memory tags of the u280",
            "shell of the u280");
    assertThat(diagnosis.checks())
        .filteredOn(check -> check.name().equals("disk of the cache"))
        .extracting(Check::state)
        .containsExactly(Check.State.DOUBTFUL);
    assertThat(examine(machine, Board.U280).needs().get(GOAL)).doesNotContain("disk of the cache");
  }

  private List<String> missing(Machine on, Board board) throws IOException {
    return examine(on, board).missing(List.of(GOAL)).get(GOAL).stream().map(Check::name).toList();
  }

  private Diagnosis examine(Machine on, Board board) throws IOException {
    Path nothing = Files.createDirectories(root.resolve("nothing"));
    VitisSearch search = new VitisSearch(Optional.of(nothing), Map.of(), List.of());
    return new Doctor(
            List.of(BoardProfile.read(board, AcceleratorSource.bundled())),
            profile -> search,
            ToolOptions.NONE,
            new Workspace(root.resolve("target")),
            new BoardLinux(Optional.empty(), Optional.empty(), Optional.empty()),
            on,
            new LocalExecutor(on),
            Optional.of(root.resolve("cache")))
        .examine();
  }
}
