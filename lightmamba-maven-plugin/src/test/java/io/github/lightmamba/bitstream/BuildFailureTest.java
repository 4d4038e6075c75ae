package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A bitstream build")
class BuildFailureTest {
  @TempDir private Path root;

  /** Scenarios after which a build is done again without one: before, in and after the link. */
  private static final Set<String> MENDED = Set.of("crash in compile", "truncated in link", "no_output in package");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timing_failed|LM-BUILD-001|A clock that cannot be lowered missed its target|ask for a lower frequency",
        "congestion|LM-BUILD-001|The design could not be routed|try a strategy against congestion",
        "over_utilisation|LM-BUILD-001|The design has more RAMB18 than the device|use fewer units or lanes",
        "no_licence in compile|LM-BUILD-001|There is no licence|set XILINXD_LICENSE_FILE",
        "no_licence in link|LM-BUILD-001|There is no licence for Synthesis on xcu280|set XILINXD_LICENSE_FILE",
        "hls_error|LM-BUILD-001|High-level synthesis failed at .*\\.cpp:42|mend the source at this line",
        "crash in compile|LM-BUILD-001|The tool crashed|try again, then with another strategy",
        "crash in link|LM-BUILD-001|The tool crashed|try again, then with another strategy",
        "out_of_memory in link|LM-BUILD-001|Memory ran out|run fewer jobs",
        "killed in link|LM-BUILD-001|The tool was killed with signal 9, .* when memory runs out|run fewer jobs",
        "disk_full in link|LM-BUILD-001|The disk is full|make room",
        "no_xrt|LM-BUILD-001|The Xilinx Runtime \\(XRT\\) is missing|install XRT",
        "mystery in package|LM-BUILD-001|The step failed|read the log from the first error on",
        "truncated in compile|LM-BUILD-002|its lightmamba_\\w+\\.xo is cut off|make room on the disk and build",
        "truncated in link|LM-BUILD-002|its xclbin is cut off: its header says \\d+ bytes|make room on the disk",
        "no_output in compile|LM-BUILD-002|there is no lightmamba_|read the log",
        "no_output in link|LM-BUILD-002|there is no lightmamba.link.xclbin|read the log",
        "no_output in package|LM-BUILD-002|there is no lightmamba.xclbin|read the log",
        "inferred_mapping|LM-BUILD-002|v\\+\\+ chose memories by itself .* in HBM\\[0\\]|give each of .* a line sp="
      })
  @DisplayName(
      "that goes wrong says how and what to do, keeps log and command, leaves no result, and the next one is good")
  void failures(String scenario, String code, String sentence, String remedy) throws IOException {
    // A compilation that is to go wrong has to run.
    boolean compiles = sentence.contains("High-level") || scenario.endsWith("in compile");
    TestBuild build =
        compiles ? new TestBuild(root, Board.U280, "2022.2") : TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play(scenario);
    assertThatThrownBy(build::run)
        .hasMessageMatching(
            "(?s)" + code + ": The step \\S+ (?:failed|claims success, but).*" + sentence + ".* Do: .*" + remedy
                + ".*[Tt]o run the step by hand: bash .*/command\\.sh\\.");
    assertThat(build.folder()).doesNotExist();
    try (var logs = Files.walk(build.steps().resolve("work"))) {
      assertThat(logs.map(path -> path.getFileName().toString()).toList()).contains("step.log", "command.sh");
    }
    if (MENDED.contains(scenario)) {
      build.standIn.play("");
      assertThat(build.run().succeeded()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "link|its lightmamba.xsa is cut off: ",
        "package|there is no package/sd_card.img, or nothing in it"
      })
  @DisplayName("of the VCK190 keeps no archive and no image of a card that is cut off")
  void truncatedVersal(String step, String sentence) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.VCK190, "2023.1");
    build.standIn.play("truncated in " + step);
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-002").hasMessageContaining(sentence);
    build.standIn.play("");
    build.lines.clear();
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines).anyMatch(line -> line.startsWith(step) && line.contains(": runs"));
  }

  @Test
  @DisplayName("whose second command of a step fails names the log of that command")
  void secondCommand() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.VCK190, "2023.1");
    build.platform = Optional.of("xilinx_vck190_base_dfx_202310_1");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                if (job.log().endsWith("step-2.log")) {
                  Files.delete(root.resolve("rootfs.ext4"));
                }
                return super.run(job, lines);
              }
            };
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-001: The step package failed.")
        .hasMessageContaining("The full log is " + build.steps().resolve("work/package/step-2.log"));
  }

  @Test
  @DisplayName("looks at the disk before each link, and frees what a failed attempt of it took")
  void roomForTheNext() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("congestion");
    build.strategies = List.of("default", "Performance_Explore");
    Path left = build.steps().resolve("work/link-default-250/tmp/left");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                if (job.name().equals("link-default-250")) {
                  Files.createDirectories(left.getParent());
                  Files.writeString(left, "40 GiB");
                }
                return end;
              }

              @Override
              public List<Check> checks(Path work, Optional<Path> cache) {
                return Files.exists(build.steps().resolve("work/link-performance_explore-250"))
                    ? List.of(Check.missing("disk", "1 GiB free", "make room"))
                    : super.checks(work, cache);
              }
            };
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-DOCTOR-001: The step link-performance_explore-250 would fail after hours: disk")
        .hasMessageContaining("make room");
    assertThat(left.getParent()).doesNotExist();
    assertThat(build.steps().resolve("work/link-default-250/step.log")).exists();
    assertThat(build.steps().resolve("work/link-performance_explore-250/step.log")).doesNotExist();
  }

  @Test
  @DisplayName("that hangs is ended by the time limit")
  void hang() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("congestion");
    assertThatThrownBy(build::run).as("the kernels are compiled").hasMessageContaining("could not be routed");
    build.standIn.play("hang in link");
    build.timeout = Duration.ofSeconds(3);
    assertThatThrownBy(build::run)
        .hasMessageContaining("LM-BUILD-001: The step link-default-250 failed. The time limit of the step was up.")
        .hasMessageMatching("(?s).* Do: .*timeout.*");
  }

  @Test
  @DisplayName("is tried again after a failure that passes by itself")
  void later() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("no_licence in link");
    build.retries = 1;
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                if (!end.good()) {
                  build.standIn.play("");
                }
                return end;
              }
            };
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines).anyMatch(line -> line.contains("It is tried again in"));
  }

  @Test
  @DisplayName("on a full disk reads what its tools say to the end, though its own logs find no room either")
  void fullLog() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "there is no /dev/full on this machine");
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("disk_full in link");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                Files.createFile(job.log()); // A full disk has room for a name.
                return super.run(
                    new StepJob(
                        job.name(), job.command(), job.directory(), job.environment(), full, job.timeout(),
                        job.futile()),
                    lines);
              }
            };
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-001: The step link-default-250 failed. The disk is full");
    build.standIn.play("");
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.matches("WARN link-default-250: its log could not be written: .* all the same"))
        .anyMatch(line -> line.startsWith("compile-lightmamba_core: up to date"));
  }

  @Test
  @DisplayName("whose link does not say that it made its file is rejected and kept; a compilation need not say it")
  void unsaid() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                return super.run(
                    job,
                    line -> {
                      if (!line.contains("60-586")) {
                        lines.accept(line);
                      }
                    });
              }
            };
    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(build::run)
          .hasMessageStartingWith("LM-BUILD-002")
          .hasMessageContaining("its log has no line [v++ 60-586] Created ... lightmamba.link.xclbin")
          .hasMessageContaining("is kept in " + build.steps().resolve("link-default-250"));
    }
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_core: up to date"))
        .anyMatch(line -> line.startsWith("link-default-250: up to date"));
  }

  @Test
  @DisplayName("with a crash in a compilation tries it again, because there is no strategy to change")
  void crash() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("crash in compile");
    build.retries = 1;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-001").hasMessageContaining("crash");
    assertThat(build.lines).anyMatch(line -> line.contains("It is tried again in"));
  }
}
