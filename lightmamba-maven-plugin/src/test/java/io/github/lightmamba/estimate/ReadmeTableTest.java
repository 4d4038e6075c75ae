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
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The estimates that README and docs print are what the estimator says, to the printed digits. {@code mvn test
 * -Dtest=ReadmeTableTest -Dlightmamba.writeReadme} in the plugin's folder writes them anew.
 */
class ReadmeTableTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path ACCELERATOR = Path.of("..", "docs", "accelerator.md");
  private static final List<String> MODELS = List.of("130m", "370m", "780m", "1.3b", "2.7b");
  private static final String LARGEST = "2.7b";
  private static final int HEAD_BITS = 8;

  @Test
  void theTableIsWhatTheEstimatorSays() throws IOException {
    check(README, "estimates", table());
  }

  @Test
  void theFiguresOfTheLargestModelAreWhatTheEstimatorSays() throws IOException {
    Figures u280 = figures(Board.U280, HEAD_BITS);
    check(README, "widths", List.of(widths(u280)));
    check(ACCELERATOR, "figures", largest(u280, figures(Board.VCK190, HEAD_BITS)));
  }

  /** Compares what stands between the marks of a name with lines, or writes them there. */
  private static void check(Path file, String name, List<String> lines) throws IOException {
    String text = Files.readString(file);
    String mark = "<!-- " + name + ": written by ReadmeTableTest -->\n";
    int begin = text.indexOf(mark) + mark.length();
    int end = text.indexOf("<!-- end of " + name + " -->");
    assertThat(begin).as(mark + " in " + file).isGreaterThan(mark.length());
    String block = String.join("\n", lines) + "\n";
    if (System.getProperty("lightmamba.writeReadme") != null) {
      Files.writeString(file, text.substring(0, begin) + block + text.substring(end));
      return;
    }
    assertThat(text.substring(begin, end)).isEqualTo(block);
  }

  private static Figures figures(Board board, int headBits) {
    return new Estimator(Models.SOURCE).estimate(Models.request(board, LARGEST, Scheme.W4A4, headBits));
  }

  private static String widths(Figures u280) {
    Map<String, Double> widths = u280.stateWidths();
    return String.format(
        Locale.ROOT,
        "Checkpoints have wider states than 8 bits (the four of this page 12.3 to 14.8 on average): Mamba2-2.7B, W4A4, on"
            + " the U280 decodes at %.1f tok/s with 8 bits, %.1f with 12, %.1f with 16 (estimated); `estimate` says all"
            + " three, or that of your checkpoint once it is quantized.",
        widths.get("8 bits"), widths.get("12 bits"), widths.get("16 bits"));
  }

  private static List<String> largest(Figures u280, Figures vck190) {
    List<String> lines = new ArrayList<>();
    lines.add("| | U280 | VCK190 |");
    lines.add("|---|---|---|");
    lines.add(
        line(
            "decode, head of 8 bits",
            of -> format("%.1f tok/s", of.decode().tokensPerSecond())
                + format(", %.0f %% of what all channels sustain", 100 * of.memory().utilization())
                + format(", %.0f %% of those with a unit", 100 * of.memory().utilizationOfUsed()),
            u280, vck190));
    lines.add(
        line(
            "decode, head of 4 bits", of -> format("%.1f", of.decode().tokensPerSecond()), figures(Board.U280, 4),
            figures(Board.VCK190, 4)));
    lines.add(line("at 225, 250, 300 MHz", of -> list(of.clocks()), u280, vck190));
    lines.add(line("state of 8, 12, 16 bits", of -> list(of.stateWidths()), u280, vck190));
    lines.add(
        line(
            "prefill, 512 tokens",
            of -> format("%.0f", of.prefill().tokensPerSecond())
                + format(", %.1f × decode; ", of.prefill().timesDecode()) + of.prefill().bound(),
            u280, vck190));
    lines.add(
        line(
            "T sequences",
            of -> format("%.0f", of.sequences().tokensPerSecond())
                + format(", %.1f × one ", of.sequences().timesOne()) + "(" + of.sequences().count() + " sequences)",
            u280, vck190));
    lines.add(
        line("fullest resource", of -> format("%.0f %%", 100 * of.resources().largestShare()), u280, vck190));
    return lines;
  }

  private static String line(String what, Function<Figures, String> says, Figures u280, Figures vck190) {
    return "| " + what + " | " + says.apply(u280) + " | " + says.apply(vck190) + " |";
  }

  private static String list(Map<String, Double> rates) {
    return rates.values().stream().map(rate -> format("%.1f", rate)).collect(Collectors.joining(", "));
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }

  private static List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| Mamba2 | scheme | board | units | decode, tok/s | of what all channels sustain | prefill, tok/s | T | layers "
            + "with the state on chip | kind |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|");
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
        "| %s | %s | %s | %d | %.1f | %.0f %% | %.0f | %d | %d of %d | estimated |",
        model, scheme, request.board().title(), design.units(), hertz / decode.cycles(), used * 100, prefill.tokensPerSecond(),
        design.lanes(), work.keptLayers(), request.shape().layers());
  }
}
