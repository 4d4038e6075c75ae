package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.bitstream.Ledger.Row;
import io.github.lightmamba.bitstream.Ledger.Values;
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
  @DisplayName("has the errors of predictions as shares of what came of them, and none where nothing was predicted")
  void errors() {
    Values all = Values.of(110.0, 80.0, 100.0, null);
    assertThat(all.csynthError()).isEqualTo(0.375);
    assertThat(all.routedError()).isCloseTo(-0.2, within(1e-12));
    assertThat(Values.of(110.0, null, 100.0, null).routedError()).isCloseTo(0.1, within(1e-12));
    assertThat(Values.of(null, null, 100.0, null).routedError()).isNull();
    assertThat(Values.of(1.0, 0.0, null, null).csynthError()).isNull();
  }

  @Test
  @DisplayName("keeps what an earlier build knew and a later one does not tell")
  void merged() {
    Row early = row("unit", Values.of(10.0, null, null, null));
    Row late = row("unit", Values.of(null, 20.0, null, null));
    Ledger ledger = new Ledger(List.of(early, row("core", Values.of(1.0, null, null, null)))).with(List.of(late));
    assertThat(ledger.rows()).extracting(Row::part).containsExactly("core", "unit");
    assertThat(ledger.rows().get(1).figures().get("lut")).isEqualTo(Values.of(10.0, 20.0, null, null));
  }

  @Test
  @DisplayName("loses nothing when builds write it at once")
  void atOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Row row = row("kernel" + i, Values.of(1.0, null, null, null));
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
    Ledger.note(folder, List.of(row("unit", Values.of(1.0, null, null, null))), Progress.SILENT);
    assertThat(folder.resolve(Ledger.FILE)).hasContent("{");
  }

  private static Row row(String part, Values values) {
    return new Row("u280", "abc", part, "2023.1", Map.of("lut", values));
  }
}
