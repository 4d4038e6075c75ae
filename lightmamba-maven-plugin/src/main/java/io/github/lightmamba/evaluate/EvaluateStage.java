package io.github.lightmamba.evaluate;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.IntegerLanguageModel;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.perplexity.Comparison;
import io.github.lightmamba.perplexity.EvaluationWindows;
import io.github.lightmamba.perplexity.ExpectedTime;
import io.github.lightmamba.perplexity.Perplexity;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.QuantizedFrom;
import io.github.lightmamba.quantize.TextFile;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Makes {@code evaluation}. */
public final class EvaluateStage implements Stage<EvaluateRequest> {
  /** Makes the stage. */
  public EvaluateStage() {}

  @Override
  public String goal() {
    return "evaluate";
  }

  @Override
  public Path folder(EvaluateRequest request) {
    return request.workspace().evaluation();
  }

  @Override
  public Inputs inputs(EvaluateRequest request, FileDigests digests) {
    Manifest quantized =
        Manifest.require(request.workspace().quantized(), "quantize", "run the goal quantize.");
    QuantizedFrom.requireCheckpoint(quantized, request.checkpoint(), digests);
    QuantizedFrom.requireCalibrationText(quantized, request.calibrationText(), digests);
    return Inputs.builder()
        .stage("quantized model", quantized)
        .file("evaluation text", request.evaluationText(), digests)
        .value("windows", request.windows())
        .value("windowTokens", request.windowTokens())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public Outcome run(EvaluateRequest request, Path output, Progress progress) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(request.checkpoint());
        QuantizedModelFolder quantized = QuantizedModelFolder.open(request.workspace().quantized())) {
      EvaluationWindows windows = windows(request);
      LanguageModel floats = FloatModel.of(checkpoint);
      LanguageModel integers = new IntegerLanguageModel(new IntegerModel(quantized.model()));
      new ExpectedTime(windows).announce(List.of(floats, integers), progress);
      progress.phase("comparing the float and the integer model", (long) windows.count() * windows.length());
      Comparison comparison = Perplexity.compare(floats, integers, windows, progress);
      EvaluationReport report = EvaluationReport.of(quantized.scheme(), comparison);
      Json.write(output.resolve(Workspace.REPORT), report);
      tell(report, progress);
      return Outcome.GOOD;
    }
  }

  private static EvaluationWindows windows(EvaluateRequest request) {
    try (TextTokenizer tokenizer = TextTokenizer.open(request.workspace().quantized().resolve("tokenizer.json"))) {
      TextFile evaluation = TextFile.read("evaluationText", request.evaluationText(), tokenizer);
      evaluation.requireIndependent(TextFile.read("calibrationText", request.calibrationText(), tokenizer));
      return new EvaluationWindows(evaluation.tokens(), request.windows(), request.windowTokens());
    }
  }

  private static void tell(EvaluationReport report, Progress progress) {
    progress.info(
        String.format(
            Locale.ROOT,
            "measured on %d windows of %d tokens, %s against float, with standard errors:",
            report.windows(), report.windowTokens(), report.scheme()));
    line(progress, "perplexity, float", report.perplexity().original());
    line(progress, "perplexity, " + report.scheme(), report.perplexity().quantized());
    line(progress, "ratio", report.perplexityRatio());
    line(progress, "KL divergence (nats)", report.klDivergence());
    line(progress, "same top token", report.top1Agreement());
  }

  private static void line(Progress progress, String what, EvaluationReport.Figure figure) {
    String error = figure.standardError() == null ? "" : String.format(Locale.ROOT, " ± %.5f", figure.standardError());
    progress.info(String.format(Locale.ROOT, "  %-22s %10.5f%s", what, figure.value(), error));
  }
}
