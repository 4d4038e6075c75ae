package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Small quantized models for tests, from the golden checkpoints. */
public final class TinyModels {
  /** A tied model of width 64 with 8 heads of 16, state size 32, 2 layers and a vocabulary of 128. */
  public static final Path TIED = Path.of("src/test/resources/golden/mamba2-tied");

  private TinyModels() {}

  /** Returns {@link #TIED}, quantized. */
  public static QuantizedModel tied() {
    try (Checkpoint checkpoint = Checkpoint.open(TIED)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      ModelQuantizer quantizer = new ModelQuantizer(weights, Scheme.W8A8, 8);
      ModelRotation rotation = new ModelRotation(quantizer.shape().model(), quantizer.shape().inner(), 0);
      Calibration calibration =
          Calibration.run(
              weights,
              rotation,
              tokens(Calibration.WINDOW_TOKENS, quantizer.shape().vocabulary(), 1),
              Progress.SILENT);
      return quantizer.quantize(calibration, rotation, Progress.SILENT);
    }
  }

  /** Returns seeded random tokens. */
  public static int[] tokens(int count, int vocabulary, long seed) {
    return new SplittableRandom(seed).ints(count, 0, vocabulary).toArray();
  }
}
