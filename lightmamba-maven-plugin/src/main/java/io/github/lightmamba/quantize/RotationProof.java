package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.rotation.FusedLayer;
import java.util.stream.IntStream;

/**
 * The proof, on every run, that the rotation is invisible: the rotated float model has the logits of the original.
 *
 * @param logitDifference largest difference of a logit on the last tokens that passed the original
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
   * @param original the stream of the checkpoint after the last block
   * @param rotated the rotated stream there, whose last window is the same text
   * @param tokens of that window that passed the original
   * @throws LightMambaException {@link ErrorCode#ROTATION_VISIBLE}
   */
  static RotationProof of(ModelWeights weights, OriginalStream original, CalibrationStream rotated, int tokens) {
    int first = tokens - COMPARED_TOKENS;
    float[] expected = original.logits(first);
    float[] normed = rotated.lastNormed(first, COMPARED_TOKENS);
    int vocabulary = weights.config().vocabularySize();
    double[] differences = new double[vocabulary];
    double[] magnitudes = new double[vocabulary];
    IntStream.range(0, vocabulary)
        .parallel()
        .forEach(
            v -> {
              double[] row = new double[weights.config().hiddenSize()];
              FusedLayer.fuseRow(weights.head(), v, weights.finalNorm(), rotated.rotation(), row);
              double[] logits = logits(row, normed);
              for (int t = 0; t < COMPARED_TOKENS; t++) {
                magnitudes[v] = Math.max(magnitudes[v], Math.abs(logits[t]));
                differences[v] = Math.max(differences[v], Math.abs(logits[t] - expected[t * vocabulary + v]));
              }
            });
    double difference = 0;
    double largest = 0;
    for (int v = 0; v < vocabulary; v++) {
      difference = Math.max(difference, differences[v]);
      largest = Math.max(largest, magnitudes[v]);
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

  /** Four tokens at a time, so that four sums hide the latency of the additions. */
  private static double[] logits(double[] row, float[] normed) {
    int width = row.length;
    double[] logits = new double[COMPARED_TOKENS];
    for (int t = 0; t < COMPARED_TOKENS; t += 4) {
      int start = t * width;
      double sum0 = 0;
      double sum1 = 0;
      double sum2 = 0;
      double sum3 = 0;
      for (int i = 0; i < width; i++) {
        sum0 += row[i] * normed[start + i];
        sum1 += row[i] * normed[start + width + i];
        sum2 += row[i] * normed[start + 2 * width + i];
        sum3 += row[i] * normed[start + 3 * width + i];
      }
      logits[t] = sum0;
      logits[t + 1] = sum1;
      logits[t + 2] = sum2;
      logits[t + 3] = sum3;
    }
    return logits;
  }
}
