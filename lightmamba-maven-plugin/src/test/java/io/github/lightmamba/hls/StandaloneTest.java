package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One translation unit a header and a stage; the front ends of other HLS tools are compilers of this kind. */
@DisplayName("Each header and each stage compiles by itself")
class StandaloneTest {
  private static final Path SOURCES = Path.of("..", "accelerator-src").toAbsolutePath().normalize();

  @TempDir static Path folder;

  private static Map<String, String> headers;

  @BeforeAll
  static void generate() throws IOException {
    headers = KernelTexts.headers();
    KernelTexts.generated(folder, Board.U280);
  }

  @ParameterizedTest
  @ValueSource(strings = {"g++", "clang++"})
  void compiles(String compiler) throws IOException {
    assumeTrue(ProcessRunner.find(compiler).isPresent(), "no compiler " + compiler + " on this machine");
    List<Path> units = new ArrayList<>();
    Set<String> compiled = new HashSet<>();
    for (Stages.Stage stage : Stages.of(headers)) {
      compiled.add(stage.header());
      units.add(unit(stage.function(), "#include \"lightmamba_config.hpp\"\n" + include(stage.header())
          + "auto* stage = &lightmamba::" + stage.function() + stage.arguments() + ";\n"));
    }
    assertThat(compiled).hasSizeGreaterThan(5);
    // The configuration includes nothing, so the header of a stage has just been compiled by itself.
    for (String header : headers.keySet()) {
      if (!compiled.contains(header)) {
        units.add(unit(header.replaceAll("\\W", "_"), include(header)));
      }
    }
    List<String> command = new ArrayList<>(List.of(compiler, "-std=c++14", "-fsyntax-only", "-D__SYNTHESIS__", "-Wall",
        "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label", "-I" + folder.resolve("output/hls"),
        "-I" + SOURCES.resolve("include"), "-isystem", SOURCES.resolve("csim/include").toString()));
    units.forEach(unit -> command.add(unit.toString()));
    ProcessResult result = new ProcessRunner().run(Invocation.of(folder, command));
    assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
  }

  /** Vitis HLS compiles with C++14, where an array that is indexed with a variable has to be defined. */
  @Test
  void whatTheConfigurationIndexesIsDefined() throws IOException {
    assumeTrue(ProcessRunner.find("g++").isPresent(), "no compiler g++ on this machine");
    Path unit = unit("signs", "#include \"lightmamba_config.hpp\"\n"
        + "int sign(int i, int j) { return lightmamba::Config::kHadamardSigns[i][j]; }\n");
    ProcessResult result = new ProcessRunner().run(Invocation.of(folder, List.of("g++", "-std=c++14", "-shared",
        "-fPIC", "-Wl,-z,defs", "-I" + folder.resolve("output/hls"), unit.toString(), "-o", "signs.so")));
    assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
  }

  private static String include(String header) {
    return "#include \"" + header.replaceFirst("^include/", "") + "\"\n";
  }

  private static Path unit(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".cpp"), text);
  }
}
