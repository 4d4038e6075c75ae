package io.github.lightmamba.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.util.Locale;

/**
 * The table at the end of {@code verify}: quality, bytes and verdict, each figure with its kind, and the texts side by
 * side.
 */
final class Summary {
  private Summary() {}

  static void print(Workspace workspace, VerificationReport report, Progress progress) throws IOException {
    JsonNode quantized = Json.read(workspace.quantized().resolve(Workspace.REPORT), JsonNode.class);
    JsonNode kernels = Json.read(workspace.kernels(report.board()).resolve(Workspace.REPORT), JsonNode.class);
    JsonNode perplexity = quantized.path("perplexity");
    progress.info("");
    row(progress, "perplexity, float", decimal(perplexity.path("float")), "measured");
    row(progress, "perplexity, " + report.scheme(), decimal(perplexity.path("quantized")), "measured");
    String bytes = String.format(Locale.ROOT, "%,d", kernels.path("bytesPerToken").asLong());
    row(progress, "bytes a token", bytes, "counted");
    row(
        progress,
        "verdict on " + report.board(),
        report.verdict(),
        String.format(
            Locale.ROOT,
            "%s: %,d values of %d + %d tokens, %,d differ",
            report.kind(), report.comparedValues(), report.promptTokens(), report.tokens(), report.mismatches()));
    progress.info("");
    progress.info("prompt      | " + oneLine(report.text().prompt()));
    if (report.text().floatModel() != null) {
      progress.info("float       | " + oneLine(report.text().floatModel()));
    }
    progress.info("accelerator | " + oneLine(report.text().accelerator()));
    progress.info("");
  }

  private static void row(Progress progress, String what, String value, String kind) {
    progress.info(String.format(Locale.ROOT, "%-20s %12s  (%s)", what, value, kind));
  }

  private static String decimal(JsonNode figure) {
    return String.format(Locale.ROOT, "%.3f", figure.asDouble());
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
