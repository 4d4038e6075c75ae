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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stages in LLVM's intermediate code, where the open HLS tools begin. */
@DisplayName("A front end for LLVM's intermediate code")
class FrontEndTest {
  private static final Path SOURCES = Path.of("..", "accelerator-src").toAbsolutePath().normalize();
  private static final Path REFUSED = Path.of("src", "test", "resources", "hls", "refused.cpp").toAbsolutePath();
  private static final Pattern STAGE = Pattern.compile("@stage_(\\w+) = .*\\bconstant .*(@[-\\w.$]+), align.*");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Board.class)
  @DisplayName("finds in each stage alone nothing that it would refuse")
  void takesEveryStage(Board board) throws IOException {
    KernelTexts.generated(folder, board);
    StringBuilder text = new StringBuilder("#include \"lightmamba_config.hpp\"\n");
    List<Stages.Stage> stages = Stages.of(KernelTexts.headers());
    stages.stream().map(Stages.Stage::header).distinct()
        .forEach(header -> text.append("#include \"" + header.replaceFirst("^include/", "") + "\"\n"));
    stages.forEach(stage -> text.append("extern auto* const stage_" + stage.function() + " = &lightmamba::"
        + stage.function() + stage.arguments() + ";\n"));
    Map<String, List<String>> findings = findings(Files.writeString(folder.resolve("stages.cpp"), text));
    assertThat(findings.keySet()).containsExactlyInAnyOrderElementsOf(
        stages.stream().map(Stages.Stage::function).toList());
    assertThat(findings).allSatisfy((stage, found) -> assertThat(found).as(stage).isEmpty());
  }

  @Test
  @DisplayName("finds each thing that is seeded")
  void findsWhatIsSeeded() throws IOException {
    Map<String, List<String>> findings = findings(REFUSED);
    Map<String, String> rules = new LinkedHashMap<>();
    for (String line : Files.readAllLines(REFUSED)) {
      Matcher seed = Pattern.compile("// (\\w+): (.*)").matcher(line);
      if (seed.matches()) {
        rules.put(seed.group(1), seed.group(2));
      }
    }
    assertThat(findings.keySet()).isEqualTo(rules.keySet());
    rules.forEach((stage, rule) -> {
      if (rule.equals("nothing")) {
        assertThat(findings.get(stage)).as(stage).isEmpty();
      } else {
        assertThat(findings.get(stage)).as(stage).anyMatch(found -> found.startsWith(rule + ": "));
      }
    });
  }

  /** Compiles into intermediate code for such tools: no vectors, no library, no write made of two to other streams. */
  private Map<String, List<String>> findings(Path source) throws IOException {
    assumeTrue(ProcessRunner.find("clang++").isPresent(), "no clang++ on this machine");
    List<String> command = new ArrayList<>(List.of("clang++", "-std=c++14", "-O2", "-S", "-emit-llvm", "-ffreestanding",
        "-fno-vectorize", "-fno-slp-vectorize", "-mllvm", "-sink-common-insts=false", "-D__SYNTHESIS__", "-w",
        "-I" + folder.resolve("output/hls"), "-I" + SOURCES.resolve("include"), "-isystem",
        SOURCES.resolve("csim/tests/synthesis").toString(), "-isystem", SOURCES.resolve("csim/include").toString(),
        source.toString(), "-o", "stages.ll"));
    ProcessResult result = new ProcessRunner().run(Invocation.of(folder, command));
    assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    LlvmModule module = LlvmModule.of(Files.readAllLines(folder.resolve("stages.ll")));
    Map<String, String> stages = new LinkedHashMap<>();
    module.globals().forEach((name, text) -> {
      Matcher stage = STAGE.matcher(name + text);
      if (stage.matches()) {
        stages.put(stage.group(1), stage.group(2));
      }
    });
    FrontEndRules rules = new FrontEndRules(module, List.copyOf(stages.values()));
    Map<String, List<String>> findings = new LinkedHashMap<>();
    stages.forEach((stage, function) -> findings.put(stage, rules.findings(function)));
    return findings;
  }
}
