package io.github.lightmamba.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.ledger.Ledger.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The past error of an estimate")
class PastErrorsTest {
  private static final String NOTE = "estimated, with the clock that was reached";

  @TempDir private Path folder;

  @Test
  @DisplayName("is mean and range over the designs of a board, by what it was compared with and how that came about")
  void figures() {
    Ledger ledger =
        new Ledger(
            List.of(
                design("a", "u280", "lut", Figure.of(90.0, 100.0, 120.0)),
                design("b", "u280", "lut", Figure.of(80.0, 100.0, null)),
                design("c", "u280", "lut", Figure.of(null, 100.0, null)),
                design("d", "vck190", "lut", Figure.of(500.0, 100.0, null)),
                kernel("a", "lut", Figure.of(500.0, 100.0, null)),
                design("a", "u280", "MHz", Figure.of(250.0, null, 250.0)),
                design("a", "u280", "tokens/s", new Figure(300.0, null, 250.0, 200.0, NOTE))));
    assertThat(PastErrors.lines(ledger, "u280"))
        .containsExactly(
            "lut: of 2 earlier designs estimated 15.0 % too low, from -20.0 % to -10.0 %, against csynth (estimated by"
                + " synthesis)",
            "lut: of 1 earlier design estimated 25.0 % too low, against routed (computed by the tool after routing)",
            "MHz: of 1 earlier design estimated right, against routed (computed by the tool after routing)",
            "tokens/s: of 1 earlier design estimated 20.0 % too high, against routed (" + NOTE + ")",
            "tokens/s: of 1 earlier design estimated 50.0 % too high, against board (measured)");
  }

  @Test
  @DisplayName("of intervals is the number of loops that synthesis made slower than promised")
  void intervals() {
    Ledger ledger =
        new Ledger(
            List.of(
                kernel("a", "II MULTIPLY_WORD", Figure.of(1.0, 1.0, null)),
                kernel("b", "II NORM_LANE", Figure.of(1.0, 2.0, null)),
                kernel("c", "II NORM_LANE", Figure.of(null, 2.0, null))));
    assertThat(PastErrors.lines(ledger, "u280"))
        .containsExactly("II: of 2 loops 1 were slower than promised (estimated by synthesis)");
  }

  @Test
  @DisplayName("is not known without a build, and a build of the tests' stand-in is none")
  void unknown() throws IOException {
    Row played = new Row("u280", "a", Row.DESIGN, "2023.1", true, Map.of("lut", Figure.of(1.0, 2.0, null)));
    List<String> none = List.of("no design for the u280 was built yet: the error of these estimates is not known");
    assertThat(PastErrors.lines(new Ledger(List.of(played)), "u280")).isEqualTo(none);
    assertThat(PastErrors.lines(folder, "u280")).isEqualTo(none);
    Files.writeString(folder.resolve(Ledger.FILE), "{");
    assertThat(PastErrors.lines(folder, "u280")).singleElement().asString().contains("cannot be read");
  }

  private static Row design(String design, String board, String figure, Figure values) {
    return new Row(board, design, Row.DESIGN, "2023.1", false, Map.of(figure, values));
  }

  private static Row kernel(String design, String figure, Figure values) {
    return new Row("u280", design, "unit", "2023.1", false, Map.of(figure, values));
  }
}
