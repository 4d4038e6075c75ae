package io.github.lightmamba.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.ledger.Ledger.Row;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The ledger")
class LedgerTest {
  @TempDir private Path folder;

  @Test
  @DisplayName("has the error of each prediction against everything later, as a share of what came")
  void errors() {
    Figure all = new Figure(110.0, 80.0, 100.0, 55.0, null);
    assertThat(all.errors())
        .containsExactly(
            entry("estimate against csynth", 0.375),
            entry("estimate against routed", 0.1),
            entry("estimate against board", 1.0),
            entry("csynth against routed", -0.2),
            entry("csynth against board", 25.0 / 55),
            entry("routed against board", 45.0 / 55));
    assertThat(new Figure(null, null, 100.0, null, null).errors()).isEmpty();
    assertThat(Figure.of(1.0, 0.0, null).errors()).isEmpty();
  }

  @Test
  @DisplayName("says in the file how its figures came about, and what the errors are; both are read back as figures")
  void file() throws IOException {
    Ledger.note(folder, List.of(row("unit", Figure.of(110.0, 100.0, null))), Progress.SILENT);
    JsonNode file = Json.read(folder.resolve(Ledger.FILE), JsonNode.class);
    assertThat(file.path("kinds").path("estimate").asText()).isEqualTo("estimated");
    assertThat(file.path("kinds").path("board").asText()).isEqualTo("measured");
    JsonNode lut = file.path("rows").path(0).path("figures").path("lut");
    assertThat(lut.path("errors").path("estimate against csynth").asDouble()).isEqualTo(0.1);
    assertThat(lut.has("board")).isFalse();
    assertThat(Ledger.read(folder).rows()).containsExactly(row("unit", Figure.of(110.0, 100.0, null)));
  }

  @Test
  @DisplayName("keeps what an earlier build knew and a later one does not tell")
  void merged() {
    Row early = row("unit", Figure.of(10.0, null, null));
    Row late = row("unit", Figure.of(null, 20.0, null));
    Ledger ledger = new Ledger(List.of(early, row("core", Figure.of(1.0, null, null)))).with(List.of(late));
    assertThat(ledger.rows()).extracting(Row::part).containsExactly("core", "unit");
    assertThat(ledger.rows().get(1).figures().get("lut")).isEqualTo(Figure.of(10.0, 20.0, null));
  }

  @Test
  @DisplayName("loses nothing when builds write it at once")
  void atOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Row row = row("kernel" + i, Figure.of(1.0, null, null));
      all.add(pool.submit(() -> Ledger.note(folder, List.of(row), Progress.SILENT)));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertThat(Ledger.read(folder).rows()).hasSize(20);
  }

  @Test
  @DisplayName("that is damaged costs a warning and no build")
  void damaged() throws IOException {
    Files.writeString(folder.resolve(Ledger.FILE), "{");
    Ledger.note(folder, List.of(row("unit", Figure.of(1.0, null, null))), Progress.SILENT);
    assertThat(folder.resolve(Ledger.FILE)).hasContent("{");
  }

  private static Row row(String part, Figure figure) {
    return new Row("u280", "abc", part, "2023.1", false, Map.of("lut", figure));
  }
}
