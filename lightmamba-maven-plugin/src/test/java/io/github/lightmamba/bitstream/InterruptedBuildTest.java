package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.process.ProcessRunner;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A bitstream build")
class InterruptedBuildTest {
  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
  }

  @Test
  @DisplayName("that is killed in the second attempt of its link goes on there: no kernel and no failed strategy again")
  void killed() throws Exception {
    TestBuild build = KilledBuild.of(root);
    build.standIn.play("congestion unless Performance_Explore;pause 60");
    Process process = start();
    List<String> said = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith("link-performance_explore-250: runs")) {
        said.add(line);
        line = output.readLine();
      }
      assertThat(line).as(said.toString()).isNotNull();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).isNotZero();
    assertThat(build.folder()).doesNotExist();
    build.standIn.play("congestion unless Performance_Explore");
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_core: up to date"))
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: up to date"))
        .anyMatch(line -> line.startsWith("link with strategy default: failed before the build was ended"))
        .noneMatch(line -> line.startsWith("link-default-250: runs"));
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("attempts").findValuesAsText("result")).containsExactly("ROUTING", "met");
    assertThat(build.steps().resolve("link-performance_explore-250/step.log"))
        .content()
        .as("the netlists of the first attempt outlive the kill")
        .contains("9 of 9 jobs complete")
        .doesNotContain(" 0 of 9 jobs complete");
  }

  @ParameterizedTest
  @ValueSource(strings = {"compile-lightmamba_unit", "package"})
  @DisplayName("that is killed in a compilation or in the packaging goes on with that step, and takes all before it")
  void killedElsewhere(String step) throws Exception {
    TestBuild build = KilledBuild.of(root);
    build.standIn.play("hang in " + step.replaceFirst("-.*", ""));
    Process process = start();
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith(step + ": runs")) {
        line = output.readLine();
      }
      assertThat(line).isNotNull();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).isNotZero();
    build.standIn.play("");
    assertThat(build.run().succeeded()).isTrue();
    List<String> steps = List.of("compile-lightmamba_unit", "link-default-250", "package");
    for (int i = 0; i < steps.size(); i++) {
      String said = steps.get(i) + (i < steps.indexOf(step) ? ": up to date" : ": runs");
      assertThat(build.lines).anyMatch(line -> line.startsWith(said));
    }
  }

  @Test
  @DisplayName("does not start a step whose program a killed build left running")
  void occupied() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "who works in a folder is told by /proc, which is not here");
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    Path work = Files.createDirectories(build.steps().resolve("work/link-default-250/tmp"));
    Process left = new ProcessBuilder("sleep", "60").directory(work.toFile()).start();
    try {
      assertThatThrownBy(build::run)
          .hasMessageStartingWith("LM-STAGE-003")
          .hasMessageContaining("process " + left.pid() + " works in")
          .hasMessageContaining("what it makes is not taken, so do not wait for it");
      assertThat(work).exists();
    } finally {
      left.destroyForcibly();
    }
    assertThat(left.waitFor()).isNotZero();
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("beside another one of the same kernels makes each step once, and both end with the same bitstream")
  void sideBySide() throws Exception {
    TestBuild first = new TestBuild(root, Board.U280, "2022.2");
    TestBuild second = new TestBuild(root, Board.U280, "2022.2");
    first.workDirectory = "a/lightmamba";
    second.workDirectory = "b/lightmamba";
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Future<Manifest> one = pool.submit(first::run);
      Future<Manifest> two = pool.submit(second::run);
      assertThat(xclbin(one.get())).isEqualTo(xclbin(two.get()));
    } finally {
      pool.shutdownNow();
    }
    List<String> all = new ArrayList<>(first.lines);
    all.addAll(second.lines);
    for (String step : List.of("compile-lightmamba_core", "compile-lightmamba_unit", "link-default-250", "package")) {
      assertThat(all).filteredOn(line -> line.startsWith(step + ": runs")).as(step).hasSize(1);
      assertThat(all).filteredOn(line -> line.startsWith(step + ": took")).as(step).hasSize(1);
    }
  }

  private static String xclbin(Manifest manifest) {
    return manifest.outputs().stream()
        .filter(output -> output.path().endsWith(".xclbin"))
        .findFirst()
        .orElseThrow()
        .sha256();
  }

  private Process start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java, "-cp", System.getProperty("java.class.path"), KilledBuild.class.getName(), root.toString())
        .redirectErrorStream(true)
        .directory(new File("."))
        .start();
  }
}
