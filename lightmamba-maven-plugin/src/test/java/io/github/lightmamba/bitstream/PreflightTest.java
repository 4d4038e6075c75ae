package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.standin.StandInInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Before hours of work")
class PreflightTest {
  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "U280|2023.1|HW|licence,memory,disk,XRT,shell of the u280,memory tags of the u280",
        "U280|2023.1|HW_EMU|licence,memory,disk,XRT,memory tags of the u280",
        "U280|2023.2|HW|Vitis,licence,memory,disk,XRT,shell of the u280,memory tags of the u280",
        "VCK190|2025.2|HW|licence,memory,disk,XRT,rootfs,kernelImage,sysroot,memory of the vck190,memory tags of the"
            + " vck190",
        "U55C|2023.1|HW|board,licence,memory,disk,XRT,shell of the u55c,memory tags of the u55c"
      })
  @DisplayName("just this is looked at, and nothing is missing where everything is there")
  void names(Board board, String version, BuildTarget target, String names) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.target = target;
    if (board == Board.U55C) {
      build.files.computeIfPresent("hls/link.cfg", (name, text) -> text.replace("DDR[1]", "HBM[0]")); // It has no DDR.
    }
    build.generate();
    List<Check> checks = new Preflight(build.request()).checks();
    assertThat(checks).extracting(Check::name).containsExactly(names.split(","));
    assertThat(checks).extracting(Check::state).doesNotContain(Check.State.MISSING);
    assertThat(checks)
        .filteredOn(check -> List.of("licence", "memory", "disk", "XRT").contains(check.name()))
        .extracting(Check::state)
        .containsOnly(Check.State.GOOD);
    assertThat(checks.get(checks.size() - 1).state()).as("memory tags").isEqualTo(Check.State.GOOD);
    for (Check check : checks) {
      assertThat(check.fix().isEmpty()).as(check.line()).isEqualTo(check.state() == Check.State.GOOD);
    }
  }

  @ParameterizedTest
  @CsvSource({"U280,HW,2023.1", "U280,HW_EMU,2023.1", "VCK190,HW,2025.2"})
  @DisplayName("a build without XRT ends, with the remedy, and no step has run")
  void noRuntime(Board board, BuildTarget target, String version) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.target = target;
    build.machine = TestMachine.with(build.machine, Map.of("LM_LICENSE_FILE", "licence.lic"));
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-DOCTOR-001")
        .hasMessageContaining("XRT: no bin/xclbinutil in XILINX_XRT or /opt/xilinx/xrt. Do: install XRT")
        .hasMessageNotContainingAny("licence:", "disk:", "memory:");
    assertThat(build.steps()).doesNotExist();
  }

  @Test
  @DisplayName("XRT in its usual place serves the tools, though nobody has sourced its setup.sh")
  void runtimeOfTools() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.machine = TestMachine.with(build.machine, Map.of());
    assertThat(build.request().tools().environment()).doesNotContainKey("XILINX_XRT");
    Path usual = build.machine.root().resolve("opt/xilinx/xrt");
    Files.createDirectories(usual.resolve("bin"));
    Files.copy(
        StandInInstallation.XRT.resolve("bin/xclbinutil"),
        usual.resolve("bin/xclbinutil"),
        StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(build.request().tools().environment()).containsEntry("XILINX_XRT", usual.toString());
  }

  @Test
  @DisplayName("a build on a full disk ends, and what is doubtful or not told is said besides")
  void fullDisk() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.machine = TestMachine.with(build.machine, TestMachine.disk(1L << 30));
    TestMachine.memory(build.machine.root(), 1L << 20);
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-DOCTOR-001")
        .hasMessageContaining("disk: 1 GiB free, no link is tried below 10. Do: make room for 50 GiB")
        .hasMessageNotContainingAny("XRT:", "memory:");
    assertThat(build.steps()).doesNotExist();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("WARN memory: 1 GiB free. Do: "))
        .anyMatch(line -> line.startsWith("shell of the u280: not checked: "));
  }

  @Test
  @DisplayName("the executor says what is there where the steps will run; this machine may lack it, or have it in vain")
  void elsewhere() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.machine = TestMachine.with(TestMachine.with(build.machine, TestMachine.disk(0)), Map.of());
    Path runtime = Path.of("/farm/xrt");
    List<Check> there = new ArrayList<>(List.of(Check.good("licence", "of the farm")));
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public List<Check> checks(Path work, Optional<Path> cache) {
                return there;
              }

              @Override
              public Optional<Path> runtime() {
                return Optional.of(runtime);
              }
            };
    build.generate();
    new Preflight(build.request()).check(build.voice());
    assertThat(new Preflight(build.request()).checks())
        .extracting(Check::name)
        .containsExactly("licence", "shell of the u280", "memory tags of the u280");
    assertThat(build.request().tools().environment()).containsEntry("XILINX_XRT", runtime.toString());
    build.machine = TestMachine.good(build.machine.root());
    there.add(Check.missing("disk", "none", "buy one"));
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-DOCTOR-001").hasMessageContaining("disk: none. Do: buy");
  }

  @Test
  @DisplayName("room for less than a usual link is said, and the build goes on")
  void smallDisk() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.machine = TestMachine.with(build.machine, TestMachine.disk(10L << 30));
    build.generate();
    new Preflight(build.request()).check(build.voice());
    assertThat(build.lines)
        .filteredOn(line -> line.startsWith("WARN "))
        .containsExactly("WARN disk: 10 GiB free. Do: make room for 50 GiB, or choose another workDirectory");
  }

  @Test
  @DisplayName("tags that the platform does not have end a build")
  void unknownTag() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.files.computeIfPresent("hls/link.cfg", (name, text) -> text.replace("HBM[1]", "PLRAM[1]"));
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-DOCTOR-001")
        .hasMessageContaining("memory tags of the u280: link.cfg maps to PLRAM, and the platform has HBM, DDR. Do: ");
    assertThat(build.steps()).doesNotExist();
  }
}
