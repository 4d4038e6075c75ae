package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Device memory in simulation")
class DeviceMemoryTest {
  private static final String SOURCE = "memory_test.cpp";

  @TempDir static Path plainFolder;
  @TempDir static Path lateFolder;

  private static CxxProgram plain;
  private static CxxProgram late;

  @BeforeAll
  static void compile() throws IOException {
    String[] options = {"-O1", "-Wno-unknown-pragmas", "-Wno-unused-label", "-DLIGHTMAMBA_CSIM_LATE"};
    plain = CxxProgram.compile("g++", SOURCE, plainFolder, "-O1", options[1], options[2]);
    String text = Files.readString(KernelSources.ROOT.resolve("csim/tests").resolve(SOURCE));
    Path transformed = lateFolder.resolve(SOURCE);
    // The region itself is the kernel: it takes what the test bench has.
    String ports = MemoryPorts.transform(Map.of(SOURCE, text)).get(SOURCE);
    assertThat(ports)
        .contains("write_words(::lightmamba::csim::Port<int> memory_out,")
        .contains("read_words(::lightmamba::csim::ConstPort<int> memory_in,");
    Files.writeString(transformed, ports);
    late = CxxProgram.compile("g++", transformed.toString(), lateFolder, options);
  }

  @Test
  @DisplayName("a state that waits for the response of the token before is right: 8 words of 4 after 4 tokens")
  void waits() throws IOException {
    assertThat(plain.run("waits").output()).isEqualTo("32\n");
    CxxProgram.Run run = late.run("waits");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).isEqualTo("32\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"early", "pointers"})
  @DisplayName("a read before the response is right in plain simulation, and found with late writes")
  void early(String name) throws IOException {
    assertThat(plain.run(name).output()).isEqualTo("32\n");
    CxxProgram.Run run = late.run(name);
    assertThat(run.exitCode()).isEqualTo(8);
    String process = name.equals("early") ? "state" : "words";
    assertThat(run.errors())
        .startsWith("HAZARD read of word ")
        .contains(" of 'state', process 'read_" + process + "' of unit 'unit_0'")
        .endsWith("before the response to the write of process 'write_" + process + "'\n");
  }

  @Test
  @DisplayName("a write into a burst that is still read is found")
  void overtakes() throws IOException {
    for (CxxProgram program : List.of(plain, late)) {
      CxxProgram.Run run = program.run("overtakes");
      assertThat(run.exitCode()).isEqualTo(8);
      assertThat(run.errors()).startsWith("HAZARD write of word 8 of 'state', process 'write_state'")
          .contains("process 'read_state' still reads");
    }
  }

  @Test
  @DisplayName("an array of a process is none, even where a buffer of an earlier start was")
  void own() throws IOException {
    for (CxxProgram program : List.of(plain, late)) {
      assertThat(program.run("own").output()).isEqualTo("0\n");
    }
  }

  @Test
  @DisplayName("a response that is asked for before the burst is written breaks the protocol")
  void protocol() throws IOException {
    CxxProgram.Run run = plain.run("unanswered");
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.errors()).contains("write_response before all words");
  }
}
