package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A report in report.json")
class ParsedReportTest {
  @TempDir private Path root;

  record Inner(OptionalLong count, Optional<String> text) {}

  record Outer(
      Path file,
      String name,
      boolean met,
      OptionalDouble slack,
      OptionalInt index,
      Optional<Inner> one,
      List<Inner> many,
      Map<String, List<Inner>> byName) {}

  @Test
  @DisplayName("has every component of its record at any depth; what is not told is absent, never 0")
  void everything() {
    Inner told = new Inner(OptionalLong.of(3), Optional.of("a"));
    Inner silent = new Inner(OptionalLong.empty(), Optional.empty());
    Outer outer =
        new Outer(
            Path.of("x"), "n", true, OptionalDouble.of(-0.5), OptionalInt.empty(), Optional.of(told),
            List.of(silent, told), Map.of("k", List.of(told)));
    assertThat(new String(Json.canonical(ParsedReport.of("estimated", outer))))
        .isEqualTo(
            "{\"byName\":{\"k\":[{\"count\":3,\"text\":\"a\"}]},\"kind\":\"estimated\",\"many\":[{},{\"count\":3,"
                + "\"text\":\"a\"}],\"met\":true,\"name\":\"n\",\"one\":{\"count\":3,\"text\":\"a\"},\"slack\":-0.5}");
  }

  @Test
  @DisplayName("that cannot be read is named there, with a warning")
  void oddReport() throws IOException {
    Path step = Files.createDirectories(root.resolve("link-x/reports"));
    Files.writeString(step.resolve("impl_1_slr_util_routed.rpt"), "nothing");
    List<String> said = new ArrayList<>();
    Map<String, Map<String, Object>> reports = ParsedReports.read(List.of(root.resolve("link-x")), warnings(said));
    assertThat(reports.get("link-x/reports/impl_1_slr_util_routed.rpt")).containsEntry("kind", "not read");
    assertThat(said).singleElement().asString().contains("LM-VITIS-004", "impl_1_slr_util_routed.rpt");
  }

  private static Progress warnings(List<String> said) {
    return new Progress() {
      @Override
      public void info(String line) {}

      @Override
      public void warn(String line) {
        said.add(line);
      }

      @Override
      public void phase(String name, long total) {}

      @Override
      public void advance(long units) {}
    };
  }
}
