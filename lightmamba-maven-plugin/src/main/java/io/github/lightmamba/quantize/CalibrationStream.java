package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;

/**
 * The calibration text on its way through the float model, block by block: the residual stream of every window, rotated
 * or not. Belongs to one
 * thread.
 */
final class CalibrationStream {
  /** Tokens of a window; each starts from a zero state. */
  static final int WINDOW_TOKENS = 512;

  private final ModelWeights weights;
  private final ModelRotation rotation;
  private final float[][] hidden;
  private double most;

  /**
   * Starts with the embeddings.
   *
   * @param rotation null: the residual stream of the original
   * @param tokens of the text
   * @param windows how many windows of it, at most {@code tokens.length / WINDOW_TOKENS}
   */
  CalibrationStream(ModelWeights weights, ModelRotation rotation, int[] tokens, int windows) {
    this.weights = weights;
    this.rotation = rotation;
    int width = weights.config().hiddenSize();
    double[] row = new double[width];
    hidden = new float[windows][WINDOW_TOKENS * width];
    for (int w = 0; w < windows; w++) {
      for (int t = 0; t < WINDOW_TOKENS; t++) {
        FusedLayer.fuseRow(weights.embedding(), tokens[w * WINDOW_TOKENS + t], null, rotation, row);
        for (int i = 0; i < width; i++) {
          hidden[w][t * width + i] = (float) row[i];
        }
      }
    }
    seeLargest();
  }

  /**
   * Passes a block.
   *
   * @param probe sees all windows, one after the other
   */
  void pass(FusedLayer layer, RangeProbe probe, Progress progress) {
    for (float[] window : hidden) {
      probe.residualBefore(WINDOW_TOKENS, window);
      MambaBlock.forward(layer, window, WINDOW_TOKENS, new LayerState(weights.config()), probe);
      progress.advance(1);
    }
    seeLargest();
  }

  /** Returns the largest magnitude that the residual stream has had. */
  double largestResidual() {
    return most;
  }

  /** Returns the rotation, or null. */
  ModelRotation rotation() {
    return rotation;
  }

  /** Returns the statistics of the head's input: the residual after the last block, divided by its root mean square. */
  InputStatistics headInputs(ActivationRounding rounding) {
    Mamba2Config config = weights.config();
    InputStatistics statistics = new InputStatistics(config.hiddenSize(), rounding);
    for (float[] window : hidden) {
      float[] normed = new float[window.length];
      float[] norms = new float[WINDOW_TOKENS];
      for (int t = 0; t < WINDOW_TOKENS; t++) {
        norms[t] = normed(window, t * config.hiddenSize(), config, normed, t * config.hiddenSize());
      }
      statistics.add(WINDOW_TOKENS, normed, norms);
    }
    return statistics;
  }

  /** Returns the last window's residual divided by its root mean square, for the tokens from {@code first} on. */
  float[] lastNormed(int first) {
    Mamba2Config config = weights.config();
    int width = config.hiddenSize();
    float[] window = hidden[hidden.length - 1];
    float[] normed = new float[(WINDOW_TOKENS - first) * width];
    for (int t = first; t < WINDOW_TOKENS; t++) {
      normed(window, t * width, config, normed, (t - first) * width);
    }
    return normed;
  }

  private static float normed(float[] values, int from, Mamba2Config config, float[] target, int to) {
    double sum = 0;
    for (int i = 0; i < config.hiddenSize(); i++) {
      sum += (double) values[from + i] * values[from + i];
    }
    double scale = 1 / Math.sqrt(sum / config.hiddenSize() + config.normEpsilon());
    for (int i = 0; i < config.hiddenSize(); i++) {
      target[to + i] = (float) (values[from + i] * scale);
    }
    return (float) (1 / scale);
  }

  private void seeLargest() {
    for (float[] window : hidden) {
      for (float value : window) {
        most = Math.max(most, Math.abs(value));
      }
    }
  }
}
