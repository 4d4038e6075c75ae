package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.quantize.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The README's table of estimates is what the estimator says, to the printed digits. {@code mvn test
 * -Dtest=ReadmeTableTest -Dlightmamba.writeReadme} in the plugin's folder writes it anew.
 */
class ReadmeTableTest {
  private static final Path README = Path.of("..", "README.md");
  private static final String BEGIN = "<!-- estimates: written by ReadmeTableTest -->\n";
  private static final String END = "<!-- end of estimates -->";
  private static final List<String> MODELS = List.of("130m", "370m", "780m", "1.3b", "2.7b");
  private static final int HEAD_BITS = 8;

  @Test
  void theTableIsWhatTheEstimatorSays() throws IOException {
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertThat(begin).as("the table's begin in README.md").isGreaterThan(BEGIN.length());
    String table = String.join("\n", table()) + "\n";
    if (System.getProperty("lightmamba.writeReadme") != null) {
      Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
      return;
    }
    assertThat(readme.substring(begin, end)).isEqualTo(table);
  }

  private static List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| Mamba2 | scheme | board | decode, tok/s | of what the memory sustains | prefill, tok/s | T | layers with "
            + "the state on chip | kind |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    Timing timing = Timing.read(Models.SOURCE);
    for (Board board : List.of(Board.U280, Board.VCK190)) {
      for (String model : MODELS) {
        for (Scheme scheme : List.of(Scheme.W4A4, Scheme.W8A8)) {
          lines.add(row(timing, board, model, scheme));
        }
      }
    }
    return lines;
  }

  private static String row(Timing timing, Board board, String model, Scheme scheme) {
    EstimateRequest request = Models.request(board, model, scheme, HEAD_BITS);
    Design design = request.design();
    Workload work = request.on(design);
    double hertz = design.frequencyMhz() * 1e6;
    SteadyState decode = SteadyState.of(work, timing, SteadyState.Mode.DECODE);
    Figures.Prefill prefill =
        Estimator.prefill(
            work, SteadyState.of(work, timing, SteadyState.Mode.PREFILL), hertz / decode.cycles(), hertz);
    double used =
        Estimator.memory(work, Traffic.of(work), hertz / decode.cycles()).utilization();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.1f | %.0f %% | %.0f | %d | %d of %d | estimated |",
        model, scheme, request.board().title(), hertz / decode.cycles(), used * 100, prefill.tokensPerSecond(),
        design.lanes(), work.keptLayers(), request.shape().layers());
  }
}
