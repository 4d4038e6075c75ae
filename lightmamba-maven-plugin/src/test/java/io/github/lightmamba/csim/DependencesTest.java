package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What DEPENDENCE pragmas promise")
class DependencesTest {
  private static final Path HEADERS = KernelSources.ROOT.resolve("include");

  @TempDir Path folder;

  @Test
  @DisplayName("the scan keeps for blocks of every length, chunks of up to eight tokens, 8 and 16 elements a cycle")
  void scan() throws IOException {
    CxxProgram.Run run = run(Map.of());
    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).isEqualTo("kept\n");
    assertThat(run.exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "if (done.step % G::kGroupSteps == 0) | if (group_ends) | carried_exponents | 16",
    "carried type=inter direction=RAW distance=16 | carried type=inter direction=RAW distance=17 | carried | 17",
    "kExponentLatency = 24; | kExponentLatency = 23; | next_exponents | 24"
  })
  @DisplayName("a read that comes sooner than its pragma says ends the simulation by name")
  void soonerThanPromised(String what, String with, String variable, String promised) throws IOException {
    CxxProgram.Run run = run(Map.of(what, with));
    assertThat(run.exitCode()).isEqualTo(8);
    assertThat(run.errors()).contains("HAZARD read of '" + variable + "'")
        .contains("loop 'SCAN_CHANNELS' promises " + promised);
  }

  /** Compiles the program from a copy of the headers, with the given changes to the scan's. */
  private CxxProgram.Run run(Map<String, String> changes) throws IOException {
    new KernelSources().set("model", 80).set("inner", 160).set("heads", 5).set("headDim", 32).set("state", 32)
        .set("groups", 1).set("conv", 4).set("layers", 2).set("vocabulary", 40).set("units", 2)
        .set("activationGroupModel", 16).set("activationGroupInner", 32).set("weightGroupModel", 16)
        .set("weightGroupInner", 32).set("stateGroup", 32).hadamard(20, 3)
        .render("config/lightmamba_config.hpp", folder);
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> headers = Files.list(HEADERS.resolve("lightmamba"))) {
      for (Path header : headers.filter(file -> !file.endsWith("dataflow.hpp")).toList()) {
        texts.put(HEADERS.relativize(header).toString(), Files.readString(header));
      }
    }
    String scan = "lightmamba/selective_scan.hpp";
    changes.forEach((what, with) -> {
      assertThat(texts.get(scan)).contains(what);
      texts.put(scan, texts.get(scan).replace(what, with));
    });
    Files.createDirectories(folder.resolve("lightmamba"));
    for (Map.Entry<String, String> text : PipelineScopes.transform(texts).entrySet()) {
      Files.writeString(folder.resolve(text.getKey()), text.getValue());
    }
    return CxxProgram.compile("g++", "scan_distances.cpp", folder, "-O1", "-Wno-unknown-pragmas", "-Wno-unused-label",
        "-Wno-unused-variable", "-DLIGHTMAMBA_CSIM_STALL").run("8");
  }
}
