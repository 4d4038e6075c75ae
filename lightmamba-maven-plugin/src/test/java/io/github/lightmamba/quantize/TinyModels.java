package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Small quantized models for tests, from the golden checkpoints. */
public final class TinyModels {
  /** A tied model of width 64 with 8 heads of 16, state size 32, 2 layers and a vocabulary of 128. */
  public static final Path TIED = golden("mamba2-tied");

  /** An untied model of width 48 with 12 heads of 8 in 4 groups, state size 16, 3 layers. */
  public static final Path GROUPS = golden("mamba2-groups");

  /** An untied model of width 32 with biases, without a bias of the convolution, 3 taps, and limits of dt. */
  public static final Path LIMITS = golden("mamba2-limits");

  private TinyModels() {}

  private static Path golden(String name) {
    return Path.of("src/test/resources/golden").resolve(name);
  }

  /** Returns {@link #TIED} with 8 bits. */
  public static QuantizedModel tied() {
    return quantized(TIED, Scheme.W8A8, 8, 32);
  }

  /** Returns a golden checkpoint, quantized to nearest. */
  public static QuantizedModel quantized(Path checkpoint, Scheme scheme, int headBits, int activationGroup) {
    return quantized(checkpoint, new QuantizationOptions(scheme, headBits, Method.RTN, 0, activationGroup));
  }

  /** Returns a checkpoint, quantized on 512 random tokens; mapped, the files are gone. */
  public static QuantizedModel quantized(Path folder, QuantizationOptions options) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      ModelQuantizer quantizer = new ModelQuantizer(weights, options);
      ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), 0);
      int[] tokens = tokens(WorkPlan.WINDOW_TOKENS, quantizer.shape().vocabulary(), 1);
      UnfinishedWork work = UnfinishedWork.open(Files.createTempDirectory("tiny").resolve("work"), "");
      try {
        quantizer.run(
            rotation, tokens, new WorkPlan(1, WorkPlan.WINDOW_TOKENS, false, false, false), work, Progress.SILENT);
        try (QuantizedModelFolder quantized = QuantizedModelFolder.open(work.rotated())) {
          return quantized.model();
        }
      } finally {
        work.delete();
        Files.delete(work.rotated().getParent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns seeded random tokens. */
  public static int[] tokens(int count, int vocabulary, long seed) {
    return new SplittableRandom(seed).ints(count, 0, vocabulary).toArray();
  }
}
