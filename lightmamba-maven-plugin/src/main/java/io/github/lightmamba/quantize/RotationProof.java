package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import java.util.Arrays;

/**
 * The proof, on every run, that the rotation is invisible: the rotated float model has the logits of the original.
 *
 * @param logitDifference largest difference of a logit on the last tokens of the calibration text
 * @param largestLogit largest magnitude of a logit there
 */
record RotationProof(double logitDifference, double largestLogit) {
  private static final int COMPARED_TOKENS = 32;

  /**
   * Two float32 models of equal function differ by rounding only; 2^-10 of the largest logit is far above that and far
   * below the effect of a wrong rotation.
   */
  private static final double TOLERANCE = 0x1p-10;

  /**
   * Compares.
   *
   * @param window the tokens of the stream's last window
   * @param rotated the rotated stream after the last block
   * @throws LightMambaException {@link ErrorCode#ROTATION_VISIBLE}
   */
  static RotationProof of(ModelWeights weights, int[] window, CalibrationStream rotated) {
    int first = window.length - COMPARED_TOKENS;
    float[][] expected = new float[window.length][];
    new FloatModel(weights)
        .start()
        .append(window, (position, logits) -> expected[position] = position < first ? null : logits.clone());
    float[] normed = rotated.lastNormed(first);
    ModelRotation rotation = rotated.rotation();
    int width = weights.config().hiddenSize();
    double difference = 0;
    double largest = 0;
    double[] row = new double[width];
    for (int v = 0; v < weights.config().vocabularySize(); v++) {
      FusedLayer.fuseRow(weights.head(), v, weights.finalNorm(), rotation, row);
      for (int t = 0; t < COMPARED_TOKENS; t++) {
        double logit = 0;
        for (int i = 0; i < width; i++) {
          logit += row[i] * normed[t * width + i];
        }
        largest = Math.max(largest, Math.abs(logit));
        difference = Math.max(difference, Math.abs(logit - expected[first + t][v]));
      }
    }
    if (!(difference <= TOLERANCE * largest)) {
      throw new LightMambaException(
          ErrorCode.ROTATION_VISIBLE,
          "The rotated float model differs from the original: a logit by " + difference + ", limit "
              + TOLERANCE * largest + ".",
          "report this checkpoint's config.json as a bug of LightMamba; its quantization would be wrong.");
    }
    return new RotationProof(difference, largest);
  }

  /** Returns the tokens of the last of {@code windows} windows. */
  static int[] lastWindow(int[] tokens, int windows) {
    int length = CalibrationStream.WINDOW_TOKENS;
    return Arrays.copyOfRange(tokens, (windows - 1) * length, windows * length);
  }
}
