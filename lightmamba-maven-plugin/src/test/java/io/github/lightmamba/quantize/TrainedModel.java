package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.IntegerLanguageModel;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.perplexity.EvaluationWindows;
import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.perplexity.Perplexity;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A trained checkpoint with its texts, and its perplexity over 24 windows of 512 tokens, float and quantized. */
final class TrainedModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final ModelWeights weights;
  private final int[] calibration;
  private final EvaluationWindows windows;

  /** Opens a folder with a checkpoint, {@code calibration.txt} and {@code heldout.txt}. */
  TrainedModel(Path folder) throws IOException {
    checkpoint = Checkpoint.open(folder);
    weights = ModelWeights.of(checkpoint);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      calibration = tokenizer.encode(Files.readString(folder.resolve("calibration.txt")));
      windows = new EvaluationWindows(tokenizer.encode(Files.readString(folder.resolve("heldout.txt"))), 24, 512);
    }
  }

  /** Returns the perplexity of the float model. */
  double perplexity() {
    return perplexity(new FloatModel(weights));
  }

  /** Quantizes into a new folder, as the goal does but without the comparison, and returns the perplexity. */
  double perplexity(QuantizationOptions options, Path folder) throws IOException {
    ModelQuantizer quantizer = new ModelQuantizer(weights, options);
    ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), 0);
    WorkPlan usual = WorkPlan.of(quantizer.shape(), options.method(), calibration.length);
    WorkPlan plan = new WorkPlan(usual.windows(), usual.windowTokens(), false, true, usual.corrected());
    UnfinishedWork work = UnfinishedWork.open(folder, "");
    quantizer.run(rotation, calibration, plan, work, Progress.SILENT);
    try (QuantizedModelFolder quantized = QuantizedModelFolder.open(work.rotated())) {
      return perplexity(new IntegerLanguageModel(new IntegerModel(quantized.model())));
    }
  }

  private double perplexity(LanguageModel model) {
    return Perplexity.of(model, windows, Progress.SILENT).perplexity().mean();
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
