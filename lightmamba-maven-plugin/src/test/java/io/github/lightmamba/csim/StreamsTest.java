package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Streams, processes and memories of the simulation")
class StreamsTest {

  @TempDir
  static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    program = CxxProgram.compile("g++", "streams_test.cpp", folder, "-O1");
  }

  @Test
  @DisplayName("a stream one word too shallow deadlocks and is named with its processes")
  void deadlockIsNamed() throws IOException {
    CxxProgram.Run run = program.run("pairs", "14");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errors()).startsWith("DEADLOCK\n")
        .contains("process 'producer' of unit 'unit_0': write to full 'first' (depth 14, holds 14)")
        .contains("process 'consumer' of unit 'unit_0': read of empty 'second' (depth 2, holds 0)");
  }

  @Test
  @DisplayName("any sufficient depth gives the result of the sequential program")
  void resultDoesNotDependOnDepth() throws IOException {
    long sum = 0;
    for (int t = 0; t < 50; t++) {
      for (int i = 0; i < 16; i++) {
        sum = sum * 31 + 2 * t + 3 * i;
      }
    }
    for (String depth : new String[] {"15", "64"}) {
      CxxProgram.Run run = program.run("pairs", depth);
      assertThat(run.exitCode()).as(run.errors()).isZero();
      assertThat(run.output().strip()).isEqualTo(Long.toString(sum));
    }
  }

  @Test
  @DisplayName("words left in a stream are an error that names it")
  void leftoversAreFound() throws IOException {
    assertThat(program.run("leave", "0").exitCode()).isZero();
    CxxProgram.Run run = program.run("leave", "3");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.errors()).contains("LEFTOVER 3 items in stream 'rest'");
  }

  @Test
  @DisplayName("a persistent memory survives a second start, one per unit and template instance")
  void persistentMemorySurvives() throws IOException {
    assertThat(program.run("remember", "5").output().lines()).containsExactly(
        "unit_0 3 5", "unit_0 4 10", "unit_1 3 6", "unit_1 4 11",
        "unit_0 3 10", "unit_0 4 20", "unit_1 3 12", "unit_1 4 22");
  }

  @Test
  @DisplayName("unwritten memory is garbage that repeats with the seed and differs between seeds")
  void garbageIsSeeded() throws IOException {
    String first = program.run("garbage", "1").output();
    assertThat(first).isNotBlank().isEqualTo(program.run("garbage", "1").output())
        .isNotEqualTo(program.run("garbage", "2").output());
  }

  @Test
  @DisplayName("regions nest, and statistics name arrays of streams")
  void regionsNest() throws IOException {
    CxxProgram.Run run = program.run("nested", "100");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).startsWith((100 * 99 / 2 + 100 * 111) + "\n")
        .contains("\"stream\": \"middle[1]\", \"depth\": 2, \"items\": 100, \"peak\": 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-fsanitize=address,undefined", "-DLIGHTMAMBA_CSIM_UCONTEXT"})
  @DisplayName("the same under the sanitizers, and with the portable switch")
  void otherBuilds(String option) throws IOException {
    CxxProgram other = CxxProgram.compile("g++", "streams_test.cpp", folder, "-O1", "-g", option,
        "-fno-sanitize-recover=all");
    CxxProgram.Run run = other.run("nested", "1000");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).startsWith((1000 * 999 / 2 + 1000 * 111) + "\n");
    assertThat(other.run("remember", "5").exitCode()).isZero();
    assertThat(other.run("pairs", "15").exitCode()).isZero();
  }

  @Test
  @DisplayName("clang compiles the headers without a warning")
  void clang() throws IOException {
    CxxProgram other = CxxProgram.compile("clang++", "streams_test.cpp", folder, "-O1");
    assertThat(other.run("nested", "100").exitCode()).isZero();
  }

  @Test
  @DisplayName("the benchmark compiles")
  void benchmarkCompiles() throws IOException {
    assertThat(CxxProgram.compile("g++", "stream_benchmark.cpp", folder, "-O2").executable()).isExecutable();
  }
}
