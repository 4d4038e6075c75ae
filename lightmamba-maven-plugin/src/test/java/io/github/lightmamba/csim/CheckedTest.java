package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The checked simulation")
class CheckedTest {
  private static final String SOURCE = "checked_test.cpp";

  @TempDir static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    program = CxxProgram.compile("g++", SOURCE, folder, "-O1", "-DLIGHTMAMBA_CSIM_CHECKED");
  }

  @ParameterizedTest
  @CsvSource({
    "native, 32-bit integer 300 does not fit in ap_uint<8>",
    "sign, 32-bit integer -1 does not fit in ap_uint<8>",
    "narrow, ap_int<24> -70000 does not fit in ap_int<8>",
    "reinterpret, ap_uint<8> 200 does not fit in ap_int<8>",
    "sum, ap_int<9> 200 does not fit in ap_int<8>",
    "shift, 'ap_uint<8> 200 does not fit, shifted left, in ap_uint<8>'",
    "range, ap_uint<8> 200 does not fit in a range of 4 bits",
    "to_int, ap_int<513> 0xffffffffffffffff",
    "wide, ap_uint<512> 0x0"
  })
  @DisplayName("names types, value, process and place of a conversion that changes a value")
  void finds(String name, String message) throws IOException {
    CxxProgram.Run run = program.run(name);
    assertThat(run.exitCode()).as(run.output()).isEqualTo(7);
    assertThat(run.errors()).startsWith("LOSS of bits: " + message).contains(", process 'top' of unit 'unit_0'");
    if (!List.of("sum", "shift").contains(name)) {
      List<String> lines = Files.readAllLines(KernelSources.ROOT.resolve("csim/tests").resolve(SOURCE));
      int line = lines.indexOf(lines.stream().filter(l -> l.contains('"' + name + '"')).findFirst().orElseThrow()) + 1;
      assertThat(run.errors()).endsWith(SOURCE + ":" + line + ")\n");
    }
  }

  @Test
  @DisplayName("says nothing of bits that are meant: ranges, masks, two's complement numbers in a range")
  void keeps() throws IOException {
    CxxProgram.Run run = program.run("fits");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).isEqualTo("kept\n");
  }

  @Test
  @DisplayName("an unchecked build wraps, as hardware does")
  void wraps(@TempDir Path unchecked) throws IOException {
    CxxProgram other = CxxProgram.compile("g++", SOURCE, unchecked, "-O1");
    assertThat(other.run("native").output()).isEqualTo("kept\n");
    assertThat(other.run("sum").output()).isEqualTo("kept\n");
  }
}
