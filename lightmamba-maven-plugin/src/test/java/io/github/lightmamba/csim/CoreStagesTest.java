package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Oracle: docs/numerics.md in scalar 128-bit arithmetic ({@code core_reference.hpp}), element by element. */
@DisplayName("The core between stand-ins for the units")
class CoreStagesTest {

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({"0, 208", "1, 8"})
  @DisplayName("sends the reference's messages, ids and trace, for small sizes and for those of real models")
  void agrees(int group, int starts) throws IOException {
    // Only the numeric constants count: every shape of the program sets its own sizes.
    new KernelSources().set("model", 64).set("inner", 128).set("heads", 4).set("headDim", 32).set("state", 16)
        .set("groups", 1).set("conv", 4).set("layers", 1).set("vocabulary", 40).set("units", 1)
        .set("activationGroupModel", 16).set("activationGroupInner", 16).set("weightGroupModel", 16)
        .set("weightGroupInner", 16).set("stateGroup", 16).hadamard(1, 7)
        .render("config/lightmamba_config.hpp", folder);
    CxxProgram program = CxxProgram.compile("g++", "core_stages.cpp", folder, "-O1", "-Wno-unknown-pragmas",
        "-DCASE=" + group);
    CxxProgram.Run run = program.run();
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output().lines()).as(run.output()).hasSize(starts);
  }
}
