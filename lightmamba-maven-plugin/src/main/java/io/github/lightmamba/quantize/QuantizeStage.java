package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.IntegerLanguageModel;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.integer.TokenTraffic;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.perplexity.EvaluationWindows;
import io.github.lightmamba.perplexity.ExpectedTime;
import io.github.lightmamba.perplexity.Perplexity;
import io.github.lightmamba.perplexity.Score;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.QuantizationReport.Perplexities;
import io.github.lightmamba.report.DistributionPlot;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes {@code 1-quantized}. */
public final class QuantizeStage implements Stage<QuantizeRequest> {
  private static final String TOKENIZER = "tokenizer.json";

  /**
   * Of the rotation's signs. Perplexity moves by 0.1 from one seed to another at 4 bits; there is nothing to gain by
   * choosing.
   */
  private static final long ROTATION_SEED = 0;

  /** Makes the stage. */
  public QuantizeStage() {}

  @Override
  public String goal() {
    return "quantize";
  }

  @Override
  public Path folder(QuantizeRequest request) {
    return request.workspace().quantized();
  }

  @Override
  public Inputs inputs(QuantizeRequest request, FileDigests digests) {
    Inputs.Builder inputs =
        Inputs.builder()
            .identity("scheme", request.options().scheme())
            .identity("headBits", request.options().headBits());
    // What is missing fails when the stage runs, with the reason.
    QuantizedFrom.add(inputs, request.checkpoint(), request.calibrationText(), digests);
    tokenizer(request).ifPresent(file -> inputs.identityFile("tokenizer", file, digests));
    return inputs
        .file("evaluation text", request.evaluationText(), digests)
        .value("method", request.options().method())
        .value("groupSize", request.options().groupSize())
        .value("activationGroup", request.options().activationGroup())
        .value("rotation", request.options().rotation())
        .value("windows", request.windows())
        .value("windowTokens", request.windowTokens())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public boolean cached() {
    return true;
  }

  @Override
  public Outcome run(QuantizeRequest request, Path output, Progress progress) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(request.checkpoint())) {
      Path tokenizerFile = tokenizer(request).orElseThrow(() -> noTokenizer(request));
      Texts texts = texts(request, tokenizerFile, checkpoint.config().vocabularySize());
      EvaluationWindows windows =
          new EvaluationWindows(texts.evaluation.tokens(), request.windows(), request.windowTokens());
      ModelWeights weights = ModelWeights.of(checkpoint);
      ModelQuantizer quantizer = new ModelQuantizer(weights, request.options());
      ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), ROTATION_SEED);
      request.options().rotation().check(rotation, progress);
      ModelQuantizer.Result result = quantizer.run(rotation, texts.calibration.tokens(), progress);
      QuantizedModel model = result.rotated();
      QuantizedModelFolder.write(output, model, request.options().scheme().toString());
      String title = "Activations and weights before and after the rotation, " + request.options().scheme();
      String picture = DistributionPlot.svg(title, result.before(), result.after());
      Files.writeString(output.resolve("distributions.svg"), picture);
      Files.copy(tokenizerFile, output.resolve(TOKENIZER));

      FloatModel floats = new FloatModel(weights);
      IntegerModel integers = new IntegerModel(model);
      // Models of their own, so that the saturations of the short runs do not count.
      List<LanguageModel> models = List.of(floats, integerModel(model), integerModel(result.unrotated()));
      new ExpectedTime(windows).announce(models, progress);
      Score original = score("evaluating the float model", floats, windows, progress);
      Score quantized = score("evaluating the integer model", new IntegerLanguageModel(integers), windows, progress);
      LanguageModel unrotatedIntegers = integerModel(result.unrotated());
      Score unrotated = score("evaluating the integer model without rotation", unrotatedIntegers, windows, progress);

      QuantizationReport report =
          report(request, model, result.proof(), integers, Perplexities.of(original, quantized, unrotated));
      Json.write(output.resolve(Workspace.REPORT), report);
      tell(report, progress);
      return Outcome.GOOD;
    }
  }

  private static Optional<Path> tokenizer(QuantizeRequest request) {
    return request.tokenizer() == null
        ? Checkpoint.tokenizer(request.checkpoint())
        : Optional.of(request.tokenizer());
  }

  private static LightMambaException noTokenizer(QuantizeRequest request) {
    return new LightMambaException(
        ErrorCode.TOKENIZER_INVALID,
        "The checkpoint " + request.checkpoint() + " has no " + TOKENIZER
            + " (the repositories of state-spaces carry none).",
        "give the tokenizer that the model was trained with, as <tokenizer>path/to/tokenizer.json</tokenizer> in the"
            + " plugin's <configuration> or -Dlightmamba.tokenizer=path/to/tokenizer.json on the command line; for the"
            + " models of state-spaces it is that of EleutherAI/gpt-neox-20b.");
  }

  private record Texts(TextFile calibration, TextFile evaluation) {}

  private static Texts texts(QuantizeRequest request, Path tokenizerFile, int vocabulary) {
    try (TextTokenizer tokenizer = TextTokenizer.open(tokenizerFile)) {
      TextFile calibration = TextFile.read("calibrationText", request.calibrationText(), tokenizer);
      calibration.requireVocabulary(vocabulary);
      calibration.requireTokens(CalibrationStream.WINDOW_TOKENS);
      TextFile evaluation = TextFile.read("evaluationText", request.evaluationText(), tokenizer);
      evaluation.requireVocabulary(vocabulary);
      evaluation.requireIndependent(calibration);
      return new Texts(calibration, evaluation);
    }
  }

  private static LanguageModel integerModel(QuantizedModel model) {
    return new IntegerLanguageModel(new IntegerModel(model));
  }

  private static Score score(String phase, LanguageModel model, EvaluationWindows windows, Progress progress) {
    progress.phase(phase, (long) windows.count() * windows.length());
    return Perplexity.of(model, windows, progress);
  }

  private static QuantizationReport report(
      QuantizeRequest request,
      QuantizedModel model,
      RotationProof proof,
      IntegerModel integers,
      Perplexities perplexities) {
    Map<String, Long> traffic = TokenTraffic.of(model);
    return new QuantizationReport(
        request.options().scheme().toString(),
        request.options().headBits(),
        QuantizationReport.stateBits(model),
        perplexities,
        traffic.values().stream().mapToLong(Long::longValue).sum(),
        traffic,
        TokenTraffic.stateBytes(model),
        QuantizationReport.bits(model),
        integers.saturations().counts(),
        new QuantizationReport.Rotation(ROTATION_SEED, proof.logitDifference(), proof.largestLogit()));
  }

  private static void tell(QuantizationReport report, Progress progress) {
    Perplexities p = report.perplexity();
    progress.info(
        String.format(
            Locale.ROOT,
            "perplexity (measured, %d windows of %d tokens): float %.3f, %s %.3f, without rotation %.3f",
            p.windows(), p.windowTokens(), p.original(), report.scheme(), p.quantized(), p.unrotated()));
    progress.info(
        String.format(
            Locale.ROOT,
            "%,d bytes a token; heads by bits of their state: %s; the rotation changes no logit by more than %.1e",
            report.bytesPerToken(), report.stateBits(), report.rotation().largestLogitDifference()));
    report.saturations().forEach((kind, count) -> {
      if (count > 0) {
        progress.warn(count + " values of " + kind + " saturated; a calibration text closer to the use helps");
      }
    });
  }
}
