package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import java.util.stream.IntStream;

/**
 * The calibration text on its way through the float model, block by block: the residual stream of every window, rotated
 * or not. Belongs to one
 * thread.
 */
final class CalibrationStream {
  private final ModelWeights weights;
  private final ModelRotation rotation;
  private final int windowTokens; // of a window; each starts from a zero state
  private final float[][] hidden;
  private double most;

  /**
   * Starts with the embeddings.
   *
   * @param rotation null: the residual stream of the original
   * @param tokens of the text, at least {@code plan.tokens()}
   */
  CalibrationStream(ModelWeights weights, ModelRotation rotation, int[] tokens, WorkPlan plan) {
    this(weights, rotation, plan.windowTokens(), new float[plan.windows()][], 0);
    int width = weights.config().hiddenSize();
    for (int w = 0; w < hidden.length; w++) {
      int start = w * windowTokens;
      float[] window = new float[windowTokens * width];
      IntStream.range(0, windowTokens)
          .parallel()
          .forEach(
              t -> {
                double[] row = new double[width];
                FusedLayer.fuseRow(weights.embedding(), tokens[start + t], null, rotation, row);
                for (int i = 0; i < width; i++) {
                  window[t * width + i] = (float) row[i];
                }
              });
      hidden[w] = window;
    }
    seeLargest();
  }

  /** Goes on with a residual that was kept, and the largest magnitude so far. */
  CalibrationStream(ModelWeights weights, ModelRotation rotation, int windowTokens, float[][] hidden, double most) {
    this.weights = weights;
    this.rotation = rotation;
    this.windowTokens = windowTokens;
    this.hidden = hidden;
    this.most = most;
  }

  /**
   * Passes a block.
   *
   * @param probe sees all windows, one after the other
   * @param windowDone is called after each window
   */
  void pass(FusedLayer layer, RangeProbe probe, Runnable windowDone) {
    for (float[] window : hidden) {
      probe.residualBefore(windowTokens, window);
      MambaBlock.forward(layer, window, windowTokens, new LayerState(weights.config()), probe);
      windowDone.run();
    }
    seeLargest();
  }

  /** Returns the residual of every window, (tokens, hidden); shared, not to be changed. */
  float[][] hidden() {
    return hidden;
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
    InputStatistics statistics = new InputStatistics(weights.config().hiddenSize());
    for (float[] window : hidden) {
      float[] norms = new float[windowTokens];
      float[] normed = normed(window, weights.config(), norms);
      statistics.add(windowTokens, rounding.rounded(windowTokens, normed, norms));
    }
    return statistics;
  }

  /** Returns the same statistics with those of the quantized model's residual beside them. */
  PairedStatistics headInputs(ActivationRounding rounding, float[][] rounded) {
    PairedStatistics statistics = new PairedStatistics(weights.config().hiddenSize());
    for (int w = 0; w < hidden.length; w++) {
      float[] norms = new float[windowTokens];
      float[] exact = normed(hidden[w], weights.config(), norms);
      float[] arrived = normed(rounded[w], weights.config(), norms);
      statistics.add(windowTokens, exact, rounding.rounded(windowTokens, arrived, norms));
    }
    return statistics;
  }

  /**
   * Returns vectors over their root mean square.
   *
   * @param norms receives these, (tokens)
   */
  static float[] normed(float[] values, Mamba2Config config, float[] norms) {
    float[] normed = new float[values.length];
    for (int t = 0; t < norms.length; t++) {
      norms[t] = normed(values, t * config.hiddenSize(), config, normed, t * config.hiddenSize());
    }
    return normed;
  }

  /** Returns the last window's residual over its root mean square, {@code count} tokens from {@code first} on. */
  float[] lastNormed(int first, int count) {
    Mamba2Config config = weights.config();
    int width = config.hiddenSize();
    float[] window = hidden[hidden.length - 1];
    float[] normed = new float[count * width];
    for (int t = 0; t < count; t++) {
      normed(window, (first + t) * width, config, normed, t * width);
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
