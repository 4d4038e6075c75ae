package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.hls.Statement.Loop;
import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The kernels keep the rules of HLS")
class KernelSourcesTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "accelerator.md");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Board.class)
  void generatedKernelsAndAllHeadersAreClean(Board board) throws IOException {
    Map<String, String> sources = KernelTexts.headers();
    sources.putAll(KernelTexts.generated(folder, board));
    assertThat(sources).containsKeys("hls/unit.cpp", "hls/core.cpp", "include/lightmamba/unit.hpp");
    assertThat(RuleChecker.check(sources)).isEmpty();
  }

  @Test
  @DisplayName("and the parser has seen every loop and every pragma of them")
  void nothingIsOverlooked() {
    KernelTexts.headers().forEach((name, text) -> {
      SourceFile file = SourceFile.of(name, text);
      List<Statement> all = Stream.concat(file.loose().stream(),
          file.functions().stream().flatMap(f -> f.body().all())).toList();
      assertThat(all.stream().filter(Loop.class::isInstance)).as(name)
          .hasSize(count(text, "(?m)^ *(for|while) \\(|^ *do \\{"));
      assertThat(all.stream().filter(s -> s instanceof Statement.Pragma p && p.text().hls())).as(name)
          .hasSize(count(text, "(?m)^ *#pragma HLS"));
    });
  }

  @Test
  @DisplayName("and the loops that flush are those that docs/accelerator.md names")
  void flushingLoopsAreDocumented() throws IOException {
    String section = Files.readString(DOCUMENT).replaceFirst("(?s).*\n### Loops that flush\n", "")
        .replaceFirst("(?s)\n##.*", "");
    Set<String> named = new TreeSet<>();
    Matcher row = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|").matcher(section);
    while (row.find()) {
      named.add(row.group(1));
    }
    Set<String> flushing = KernelTexts.headers().entrySet().stream()
        .flatMap(e -> SourceFile.of(e.getKey(), e.getValue()).functions().stream())
        .flatMap(f -> f.body().all()).filter(Loop.class::isInstance).map(Loop.class::cast)
        .filter(loop -> Pragmas.of(loop).get("pipeline").filter(p -> p.value("style").matches("flp|frp")).isPresent())
        .map(Loop::label).collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(flushing);
  }

  @Test
  @DisplayName("and every rule is described in docs/accelerator.md")
  void rulesAreDocumented() throws IOException {
    String document = Files.readString(DOCUMENT);
    for (Rule rule : Rule.values()) {
      assertThat(document).contains("`" + rule.id() + "`");
    }
  }

  private static int count(String text, String pattern) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }
}
