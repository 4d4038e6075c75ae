package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.pipeline.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A report in report.json")
class ParsedReportTest {
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
}
