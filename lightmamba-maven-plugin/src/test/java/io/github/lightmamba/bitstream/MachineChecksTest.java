package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.standin.StandInInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a link needs of its machine")
class MachineChecksTest {
  private static final long GIBIBYTE = 1L << 30;

  @TempDir private Path root;
  private Machine machine;

  @BeforeEach
  void machine() throws IOException {
    machine = TestMachine.good(root);
  }

  @Test
  @DisplayName("is all there on a good machine, in one order for the doctor and a build")
  void all() throws IOException {
    needsAShell();
    List<Check> checks = MachineChecks.all(machine, root.resolve("target"), Optional.of(root.resolve("cache")));
    assertThat(checks)
        .containsExactly(
            Check.good("licence", "XILINXD_LICENSE_FILE is set"),
            Check.good("memory", "64 GiB free"),
            Check.good("disk", "50 GiB free"),
            Check.good("XRT", StandInInstallation.XRT.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    // One KiB less than 64 GiB is 63 whole GiB.
    "67108864,GOOD,64 GiB free",
    "67108863,DOUBTFUL,63 GiB free",
    "0,DOUBTFUL,0 GiB free",
    "999999999999999,GOOD,953674316 GiB free"
  })
  @DisplayName("is 64 GiB of memory, which only warns: it may come free")
  void memory(long kibibytes, Check.State state, String found) throws IOException {
    TestMachine.memory(root, kibibytes);
    Check check = MachineChecks.memory(machine);
    assertThat(check.state()).isEqualTo(state);
    assertThat(check.found()).isEqualTo(found);
    assertThat(check.fix()).matches(state == Check.State.GOOD ? "" : "use a machine with 64 GiB, or fewer jobs; .+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MemFree: 99999999999 kB\n", "MemAvailable: many kB\n", "MemAvailable: 99999999999 MB\n"})
  @DisplayName("is doubted where the system tells no memory")
  void memoryUntold(String text) throws IOException {
    Files.writeString(root.resolve("proc/meminfo"), text);
    untold(MachineChecks.memory(machine));
    Files.delete(root.resolve("proc/meminfo"));
    untold(MachineChecks.memory(machine));
  }

  private static void untold(Check check) {
    assertThat(check.state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(check.line()).startsWith("memory: the free memory cannot be told here. Do: use a machine with 64 GiB");
  }

  @ParameterizedTest
  @CsvSource({
    "53687091200,GOOD,50 GiB free",
    "53687091199,DOUBTFUL,49 GiB free",
    "10737418240,DOUBTFUL,10 GiB free",
    "10737418239,MISSING,'9 GiB free, no link is tried below 10'",
    "0,MISSING,'0 GiB free, no link is tried below 10'"
  })
  @DisplayName("is 50 GiB of disk, and a link is not tried below 10")
  void disk(long bytes, Check.State state, String found) {
    Check check = MachineChecks.disk(TestMachine.with(machine, TestMachine.disk(bytes)), root);
    assertThat(check.name()).isEqualTo("disk");
    assertThat(check.state()).isEqualTo(state);
    assertThat(check.found()).isEqualTo(found);
    assertThat(check.fix())
        .isEqualTo(state == Check.State.GOOD ? "" : "make room for 50 GiB, or choose another workDirectory");
  }

  @Test
  @DisplayName("is the disk of the nearest folder that exists, and doubted where the system does not tell it")
  void diskOfWhat() {
    Machine onlyRoot =
        TestMachine.with(
            machine,
            folder -> {
              assertThat(folder).isEqualTo(root.toAbsolutePath());
              return new Machine.Disk("one", 60 * GIBIBYTE);
            });
    assertThat(MachineChecks.disk(onlyRoot, root.resolve("a/b/c"))).isEqualTo(Check.good("disk", "60 GiB free"));
    Check silent = MachineChecks.disk(TestMachine.with(machine, broken()), root);
    assertThat(silent.state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(silent.line())
        .isEqualTo(
            "disk: the free space cannot be told (java.io.IOException: stale handle). Do: make room for 50 GiB, or"
                + " choose another workDirectory");
  }

  @ParameterizedTest
  @CsvSource({"10737418240,GOOD", "10737418239,DOUBTFUL", "0,DOUBTFUL"})
  @DisplayName("is room for the cache too, if it is on another disk; without it a build goes on")
  void cache(long bytes, Check.State state) throws IOException {
    needsAShell();
    Path work = Files.createDirectories(root.resolve("work"));
    Path cache = Files.createDirectories(root.resolve("cache"));
    Machine two =
        TestMachine.with(
            machine,
            folder ->
                folder.startsWith(cache)
                    ? new Machine.Disk("small", bytes)
                    : new Machine.Disk("large", 60 * GIBIBYTE));
    List<Check> checks = MachineChecks.all(two, work, Optional.of(cache.resolve("not yet there")));
    assertThat(checks).extracting(Check::name)
        .containsExactly("licence", "memory", "disk", "disk of the cache", "XRT");
    assertThat(checks.get(2)).isEqualTo(Check.good("disk", "60 GiB free"));
    assertThat(checks.get(3).state()).isEqualTo(state);
    assertThat(checks.get(3).found()).isEqualTo((bytes >> 30) + " GiB free");
    assertThat(checks.get(3).fix()).matches(state == Check.State.GOOD ? "" : "make room .+ another cacheDirectory;.+");
    assertThat(MachineChecks.all(two, work, Optional.empty())).extracting(Check::name)
        .containsExactly("licence", "memory", "disk", "XRT");
  }

  @Test
  @DisplayName("is doubted where the system does not tell the disk of the cache")
  void cacheUntold() throws IOException {
    needsAShell();
    List<Check> checks = MachineChecks.all(TestMachine.with(machine, broken()), root, Optional.of(root));
    assertThat(checks.get(3).state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(checks.get(3).line()).startsWith("disk of the cache: the free space cannot be told (").contains("Do: ");
  }

  private static Machine.Disks broken() {
    return folder -> {
      throw new IOException("stale handle");
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"XILINXD_LICENSE_FILE", "LM_LICENSE_FILE"})
  @DisplayName("is a licence that a variable names")
  void licence(String name) {
    assertThat(MachineChecks.licence(TestMachine.with(machine, Map.of(name, "2100@licences"))))
        .isEqualTo(Check.good("licence", name + " is set"));
    noLicence(TestMachine.with(machine, Map.of(name, " ")));
  }

  @Test
  @DisplayName("is a licence in the home folder, or doubt: some devices need none")
  void licenceAtHome() throws IOException {
    Machine empty = TestMachine.with(machine, Map.of());
    noLicence(empty);
    Path home = Files.createDirectories(root.resolve("home"));
    Machine at = new Machine(root, Map.of(), Optional.of(home), machine.disks());
    noLicence(at);
    Path file = Files.createDirectories(home.resolve(".Xilinx/Xilinx.lic")); // A folder is no licence.
    noLicence(at);
    Files.delete(file);
    Files.writeString(file, "INCREMENT");
    assertThat(MachineChecks.licence(at)).isEqualTo(Check.good("licence", "~/.Xilinx/Xilinx.lic"));
  }

  private static void noLicence(Machine machine) {
    Check check = MachineChecks.licence(machine);
    assertThat(check.state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(check.line()).startsWith("licence: neither XILINXD_LICENSE_FILE nor LM_LICENSE_FILE is set")
        .contains("Do: set XILINXD_LICENSE_FILE");
  }

  @Test
  @DisplayName("is XRT, without whose xclbinutil a link ends")
  void noRuntime() throws IOException {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("XILINX_XRT", ""), Map.of("XILINX_XRT", root + "/elsewhere"))) {
      Check check = MachineChecks.runtime(TestMachine.with(machine, environment));
      assertThat(check.state()).isEqualTo(Check.State.MISSING);
      assertThat(check.line())
          .startsWith("XRT: no bin/xclbinutil in XILINX_XRT or /opt/xilinx/xrt. Do: install XRT and source");
    }
  }

  @Test
  @DisplayName("is XRT in XILINX_XRT, or else in the usual place")
  void runtimeFallback() throws IOException {
    needsAShell();
    Path usual = root.resolve("opt/xilinx/xrt");
    xclbinutil(usual, "echo 2.13.466");
    Path other = root.resolve("other");
    xclbinutil(other, "test \"$XILINX_XRT\" = '" + other + "' && test \"$*\" = --version && echo 2.16.204");
    assertThat(MachineChecks.runtime(TestMachine.with(machine, Map.of("XILINX_XRT", other.toString()))))
        .isEqualTo(Check.good("XRT", other.toString()));
    for (String elsewhere : List.of("", root + "/nothing")) {
      assertThat(MachineChecks.runtime(TestMachine.with(machine, Map.of("XILINX_XRT", elsewhere))))
          .isEqualTo(Check.good("XRT", usual.toString()));
    }
    assertThat(MachineChecks.runtime(TestMachine.with(machine, Map.of())))
        .isEqualTo(Check.good("XRT", usual.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo \"$0: line 71: /usr/bin/unwrapped/loader: No such file or directory\" >&2|MISSING|without its program",
        "echo \"$0: 71: /usr/bin/unwrapped/xclbinutil: not found\" >&2|MISSING|is a wrapper without its program",
        "echo 'x: line 49: /usr/bin/xclbinutil: No such file or directory'|MISSING|is a wrapper without its program",
        "exit 0|DOUBTFUL|says nothing",
        "echo; exit 3|DOUBTFUL|says nothing",
        "echo 'error while loading shared libraries: libx.so: No such file or directory'|GOOD|xrt",
        "echo usage; exit 1|GOOD|xrt"
      })
  @DisplayName("is an xclbinutil that answers: Debian's is a wrapper without the program, and ends with 0")
  void hollowRuntime(String script, Check.State state, String found) throws IOException {
    needsAShell();
    Path usual = root.resolve("opt/xilinx/xrt");
    xclbinutil(usual, script);
    Check check = MachineChecks.runtime(TestMachine.with(machine, Map.of()));
    assertThat(check.state()).isEqualTo(state);
    assertThat(check.found()).contains(found);
    assertThat(check.fix()).matches(state == Check.State.GOOD ? "" : "install XRT .+");
  }

  @Test
  @DisplayName("is doubted if xclbinutil cannot be started")
  void runtimeThatDoesNotStart() throws IOException {
    Path usual = root.resolve("opt/xilinx/xrt");
    xclbinutil(usual, "");
    Files.writeString(usual.resolve("bin/xclbinutil"), "#!" + root + "/no-such-interpreter\n");
    Check check = MachineChecks.runtime(TestMachine.with(machine, Map.of()));
    assertThat(check.state()).isEqualTo(Check.State.DOUBTFUL);
    assertThat(check.line()).contains("xclbinutil cannot be started (", "Do: install XRT");
  }

  @Test
  @DisplayName("is told of this machine, if nothing else is injected")
  void here() throws IOException {
    Machine here = Machine.here();
    assertThat(here.root()).isEqualTo(Path.of("/"));
    assertThat(here.environment()).isEqualTo(System.getenv());
    assertThat(here.home()).contains(Path.of(System.getProperty("user.home")));
    Path sibling = Files.createDirectories(root.resolve("sibling"));
    assertThat(here.disks().of(root).store()).isEqualTo(here.disks().of(sibling).store());
    assertThat(here.disks().of(root).free()).isPositive().isLessThanOrEqualTo(Files.getFileStore(root).getTotalSpace());
  }

  private static void xclbinutil(Path runtime, String script) throws IOException {
    Path file = Files.createDirectories(runtime.resolve("bin")).resolve("xclbinutil");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in of XRT is a shell script; there is no sh here");
  }
}
