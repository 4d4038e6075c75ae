package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranges from the float model on the calibration text, and the proof that the rotation is invisible: block by block,
 * the original and the rotated model run side by side.
 *
 * @param layers ranges of every block; those inside a block do not depend on the rotation
 * @param residual largest magnitude of the original residual stream
 * @param rotatedResidual largest magnitude of the rotated one
 * @param logitDifference largest difference of a logit between the two models on the last tokens of the text
 * @param largestLogit largest magnitude of a logit there
 */
record Calibration(
    List<LayerRanges> layers, double residual, double rotatedResidual, double logitDifference, double largestLogit) {
  static final int WINDOW_TOKENS = 512;
  static final int WINDOWS = 8;

  /** Logits are compared for this many tokens. */
  private static final int COMPARED_TOKENS = 32;

  /**
   * Two float32 models of equal function differ by rounding only; 2^-10 of the largest logit is far above that and far
   * below any effect of a wrong rotation.
   */
  private static final double TOLERANCE = 0x1p-10;

  /**
   * Calibrates.
   *
   * @param tokens of the calibration text; at most {@link #WINDOWS} windows of {@link #WINDOW_TOKENS} are read, each
   *     from a zero state
   * @throws LightMambaException if the rotated model does not equal the original
   */
  static Calibration run(ModelWeights weights, ModelRotation rotation, int[] tokens, Progress progress) {
    int windows = Math.min(WINDOWS, tokens.length / WINDOW_TOKENS);
    int width = weights.config().hiddenSize();
    float[][] hidden = new float[windows][];
    float[][] rotated = new float[windows][];
    for (int w = 0; w < windows; w++) {
      hidden[w] = new float[WINDOW_TOKENS * width];
      rotated[w] = new float[WINDOW_TOKENS * width];
      for (int t = 0; t < WINDOW_TOKENS; t++) {
        embed(weights.embedding(), tokens[w * WINDOW_TOKENS + t], rotation, hidden[w], rotated[w], t * width);
      }
    }
    List<LayerRanges> ranges = new ArrayList<>();
    double most = most(hidden);
    double rotatedMost = most(rotated);
    progress.phase("calibrating", (long) weights.layers().size() * windows);
    for (LayerWeights layer : weights.layers()) {
      FusedLayer fused = FusedLayer.of(layer, rotation);
      RangeProbe probe = new RangeProbe(layer, windows * WINDOW_TOKENS);
      for (int w = 0; w < windows; w++) {
        MambaBlock.forward(layer, hidden[w], WINDOW_TOKENS, new LayerState(weights.config()), probe);
        MambaBlock.forward(fused, rotated[w], WINDOW_TOKENS, new LayerState(weights.config()), null);
        progress.advance(1);
      }
      ranges.add(probe.ranges());
      most = Math.max(most, most(hidden));
      rotatedMost = Math.max(rotatedMost, most(rotated));
    }
    Calibration uncompared = new Calibration(ranges, most, rotatedMost, 0, 0);
    return compared(weights, rotation, hidden[windows - 1], rotated[windows - 1], uncompared);
  }

  private static void embed(
      Matrix embedding, int token, ModelRotation rotation, float[] hidden, float[] rotated, int offset) {
    embedding.readRow(token, hidden, offset);
    double[] row = new double[embedding.cols()];
    FusedLayer.fuseRow(embedding, token, null, rotation, row);
    for (int i = 0; i < row.length; i++) {
      rotated[offset + i] = (float) row[i];
    }
  }

  private static double most(float[][] values) {
    double most = 0;
    for (float[] window : values) {
      for (float value : window) {
        most = Math.max(most, Math.abs(value));
      }
    }
    return most;
  }

  private static Calibration compared(
      ModelWeights weights, ModelRotation rotation, float[] hidden, float[] rotated, Calibration ranges) {
    int width = weights.config().hiddenSize();
    double difference = 0;
    double largest = 0;
    double[][] original = new double[COMPARED_TOKENS][];
    double[][] turned = new double[COMPARED_TOKENS][];
    for (int t = 0; t < COMPARED_TOKENS; t++) {
      int offset = (WINDOW_TOKENS - COMPARED_TOKENS + t) * width;
      original[t] = normed(hidden, offset, width, weights.config().normEpsilon());
      turned[t] = normed(rotated, offset, width, weights.config().normEpsilon());
    }
    double[] row = new double[width];
    double[] rotatedRow = new double[width];
    for (int v = 0; v < weights.config().vocabularySize(); v++) {
      FusedLayer.fuseRow(weights.head(), v, weights.finalNorm(), null, row);
      System.arraycopy(row, 0, rotatedRow, 0, width);
      rotation.rotateResidual(rotatedRow);
      for (int t = 0; t < COMPARED_TOKENS; t++) {
        double logit = dot(row, original[t]);
        largest = Math.max(largest, Math.abs(logit));
        difference = Math.max(difference, Math.abs(logit - dot(rotatedRow, turned[t])));
      }
    }
    if (!(difference <= TOLERANCE * largest)) {
      throw new LightMambaException(
          ErrorCode.ROTATION_VISIBLE,
          "The rotated float model differs from the original: a logit by " + difference + ", limit "
              + TOLERANCE * largest + ".",
          "report this checkpoint's config.json as a bug of LightMamba; its quantization would be wrong.");
    }
    return new Calibration(ranges.layers, ranges.residual, ranges.rotatedResidual, difference, largest);
  }

  private static double[] normed(float[] values, int offset, int width, double epsilon) {
    double sum = 0;
    double[] result = new double[width];
    for (int i = 0; i < width; i++) {
      result[i] = values[offset + i];
      sum += result[i] * result[i];
    }
    double scale = 1 / Math.sqrt(sum / width + epsilon);
    return Arrays.stream(result).map(v -> v * scale).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
