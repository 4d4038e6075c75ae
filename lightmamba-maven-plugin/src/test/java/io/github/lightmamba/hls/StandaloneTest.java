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
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One translation unit a header and a stage; the front ends of other HLS tools are compilers of this kind. */
@DisplayName("Each header and each stage compiles by itself")
class StandaloneTest {
  private static final Path SOURCES = Path.of("..", "accelerator-src").toAbsolutePath().normalize();
  private static final Pattern PROCESS =
      Pattern.compile("LIGHTMAMBA_PROCESS\\((?:LIGHTMAMBA_INSTANCE\\((\\w+), ([^)]*)\\)|(\\w+)(?:<([^>]*)>)?)[,)]");

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
    for (Map.Entry<String, String> stage : stages().entrySet()) {
      String header = headers.keySet().stream()
          .filter(name -> SourceFile.of(name, headers.get(name)).functions().stream()
              .anyMatch(f -> f.name().equals(stage.getKey())))
          .findFirst().orElseThrow();
      compiled.add(header);
      units.add(unit(stage.getKey(), "#include \"lightmamba_config.hpp\"\n" + include(header)
          + "auto* stage = &lightmamba::" + stage.getKey() + stage.getValue() + ";\n"));
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

  private static String include(String header) {
    return "#include \"" + header.replaceFirst("^include/", "") + "\"\n";
  }

  /** Template arguments of every process of all regions, for the generated configuration. */
  private static Map<String, String> stages() {
    Map<String, String> stages = new TreeMap<>();
    for (String region : headers.keySet().stream().filter(name -> !name.endsWith("dataflow.hpp")).toList()) {
      Matcher process = PROCESS.matcher(headers.get(region));
      int found = 0;
      while (process.find()) {
        found++;
        String arguments = process.group(1) != null ? process.group(2) : process.group(4);
        stages.put(process.group(1) != null ? process.group(1) : process.group(3),
            arguments == null ? "" : "<" + arguments.replaceAll("\\bC\\b", "lightmamba::Config") + ">");
      }
      assertThat(found).as(region).isEqualTo(headers.get(region).split("LIGHTMAMBA_PROCESS\\(").length - 1);
    }
    return stages;
  }

  private static Path unit(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".cpp"), text);
  }
}
