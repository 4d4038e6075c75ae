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
import io.github.lightmamba.pipeline.Fingerprint;
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

  private final WorkPlan givenPlan;

  /** Makes the stage. */
  public QuantizeStage() {
    this(null);
  }

  /** Makes the stage with a plan instead of the one that the size of the model asks for. */
  QuantizeStage(WorkPlan plan) {
    this.givenPlan = plan;
  }

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
          request.windows() == 0
              ? null
              : new EvaluationWindows(texts.evaluation.tokens(), request.windows(), request.windowTokens());
      ModelWeights weights = ModelWeights.of(checkpoint);
      ModelQuantizer quantizer = new ModelQuantizer(weights, request.options());
      ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), ROTATION_SEED);
      request.options().rotation().check(rotation, progress);
      int[] tokens = texts.calibration.tokens();
      WorkPlan plan =
          givenPlan == null ? WorkPlan.of(quantizer.shape(), request.options().method(), tokens.length) : givenPlan;
      if (plan.isShortened()) {
        progress.info("calibrates on " + plan.tokens() + " tokens: ranges of a model of this size get no more");
      }
      UnfinishedWork work = UnfinishedWork.open(request.workspace().unfinishedQuantization(), key(request));
      boolean complete = false;
      try {
        ModelQuantizer.Result result = quantizer.run(rotation, tokens, plan, work, progress);
        String title = "Activations and weights before and after the rotation, " + request.options().scheme();
        String picture = DistributionPlot.svg(title, result.before(), result.after());
        Files.writeString(output.resolve("distributions.svg"), picture);
        Files.copy(tokenizerFile, output.resolve(TOKENIZER));
        QuantizationReport report = report(request, work, plan, result.proof(), weights, windows, progress);
        Json.write(output.resolve(Workspace.REPORT), report);
        tell(report, progress);
        work.publish(output);
        complete = true;
      } finally {
        if (!complete && !plan.resumable()) {
          work.delete();
        }
      }
      return Outcome.GOOD;
    }
  }

  /** Returns the fingerprint of this stage's inputs: work for others is of no use. */
  private String key(QuantizeRequest request) {
    FileDigests digests = new FileDigests(request.workspace().digestMemo(), false);
    return Fingerprint.of(goal(), inputs(request, digests)).sha256();
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
      calibration.requireTokens(WorkPlan.WINDOW_TOKENS);
      TextFile evaluation = TextFile.read("evaluationText", request.evaluationText(), tokenizer);
      evaluation.requireVocabulary(vocabulary);
      evaluation.requireIndependent(calibration);
      return new Texts(calibration, evaluation);
    }
  }

  private static Score score(String phase, LanguageModel model, EvaluationWindows windows, Progress progress) {
    progress.phase(phase, (long) windows.count() * windows.length());
    return Perplexity.of(model, windows, progress);
  }

  private static QuantizationReport report(
      QuantizeRequest request,
      UnfinishedWork work,
      WorkPlan plan,
      RotationProof proof,
      ModelWeights weights,
      EvaluationWindows windows,
      Progress progress) {
    try (QuantizedModelFolder folder = QuantizedModelFolder.open(work.rotated())) {
      QuantizedModel model = folder.model();
      Perplexities perplexities = Perplexities.none(request.windowTokens());
      Map<String, Long> saturations = null;
      if (windows != null) {
        announce(work, plan, weights, model, windows, progress);
        Score original = score("evaluating the float model", new FloatModel(weights), windows, progress);
        IntegerModel integers = new IntegerModel(model);
        Score quantized =
            score("evaluating the integer model", new IntegerLanguageModel(integers), windows, progress);
        Score unrotated = plan.unrotated() ? unrotated(work, windows, progress) : null;
        perplexities = Perplexities.of(original, quantized, unrotated);
        saturations = integers.saturations().counts();
      }
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
          saturations,
          new QuantizationReport.Calibration(plan.windows(), plan.windowTokens(), plan.corrected()),
          new QuantizationReport.Rotation(ROTATION_SEED, proof.logitDifference(), proof.largestLogit()));
    }
  }

  /** Says how long the evaluation will take; with models of their own, so that their saturations do not count. */
  private static void announce(
      UnfinishedWork work,
      WorkPlan plan,
      ModelWeights weights,
      QuantizedModel model,
      EvaluationWindows windows,
      Progress progress) {
    ExpectedTime expected = new ExpectedTime(windows);
    List<LanguageModel> both =
        List.of(new FloatModel(weights), new IntegerLanguageModel(new IntegerModel(model)));
    if (!plan.unrotated()) {
      expected.announce(both, progress);
      return;
    }
    try (QuantizedModelFolder folder = QuantizedModelFolder.open(work.unrotated())) {
      expected.announce(List.of(both.get(0), both.get(1), withoutRotation(folder)), progress);
    }
  }

  private static LanguageModel withoutRotation(QuantizedModelFolder folder) {
    return new IntegerLanguageModel(new IntegerModel(folder.model().withoutHadamard()));
  }

  private static Score unrotated(UnfinishedWork work, EvaluationWindows windows, Progress progress) {
    try (QuantizedModelFolder folder = QuantizedModelFolder.open(work.unrotated())) {
      LanguageModel integers = withoutRotation(folder);
      return score("evaluating the integer model without rotation", integers, windows, progress);
    }
  }

  private static void tell(QuantizationReport report, Progress progress) {
    Perplexities p = report.perplexity();
    if (p.windows() == 0) {
      progress.info("perplexity was not measured: windows = 0");
    } else {
      progress.info(
          String.format(
              Locale.ROOT,
              "perplexity (measured, %d windows of %d tokens): float %.3f, %s %.3f, %s",
              p.windows(),
              p.windowTokens(),
              p.original(),
              report.scheme(),
              p.quantized(),
              p.unrotated() == null
                  ? "without rotation not measured, the model is too large for a second one"
                  : String.format(Locale.ROOT, "without rotation %.3f", p.unrotated())));
    }
    progress.info(
        String.format(
            Locale.ROOT,
            "%,d bytes a token; heads by bits of their state: %s; the rotation changes no logit by more than %.1e",
            report.bytesPerToken(),
            report.stateBits(),
            report.rotation().largestLogitDifference()));
    if (report.saturations() == null) {
      return;
    }
    report.saturations().forEach((kind, count) -> {
      if (count > 0) {
        progress.warn(count + " values of " + kind + " saturated; a calibration text closer to the use helps");
      }
    });
  }
}
