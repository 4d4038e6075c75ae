package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.mamba.ModelWeights;

/**
 * The last calibration window on its way through the blocks of the checkpoint as they are, with nothing fused: what the
 * rotated model is compared with. Belongs to one thread.
 */
final class OriginalStream {
  private final ModelWeights weights;
  private final int tokens;
  private final float[] hidden;

  /** Starts with the embeddings of a window. */
  OriginalStream(ModelWeights weights, int[] window) {
    this(weights, window.length, new float[window.length * weights.config().hiddenSize()]);
    for (int t = 0; t < tokens; t++) {
      weights.embedding().readRow(window[t], hidden, t * weights.config().hiddenSize());
    }
  }

  /** Goes on with a residual that was kept. */
  OriginalStream(ModelWeights weights, int tokens, float[] hidden) {
    this.weights = weights;
    this.tokens = tokens;
    this.hidden = hidden;
  }

  /**
   * Passes a block.
   *
   * @param picture sees the inputs of the projections, that of in_proj without the weight of its norm; or null
   */
  void pass(LayerWeights layer, DistributionProbe picture) {
    MambaBlock.forward(
        layer, hidden, tokens, new LayerState(weights.config()), picture == null ? null : plain(layer, picture));
  }

  private static LayerProbe plain(LayerWeights layer, DistributionProbe picture) {
    return new LayerProbe() {
      @Override
      public void projectionInput(int count, float[] normed) {
        float[] norm = layer.norm();
        float[] bare = normed.clone();
        for (int i = 0; i < bare.length; i++) {
          float weight = norm[i % norm.length];
          bare[i] = weight == 0 ? 0 : bare[i] / weight;
        }
        picture.projectionInput(count, bare);
      }

      @Override
      public void outProjInput(int count, float[] normalised) {
        picture.outProjInput(count, normalised);
      }
    };
  }

  /** Returns the residual, (tokens, hidden); shared, not to be changed. */
  float[] hidden() {
    return hidden;
  }

  /** Returns the logits of the tokens from {@code first} on, (tokens - first, vocabulary). */
  float[] logits(int first) {
    return new FloatModel(weights).logits(hidden, first, tokens - first);
  }
}
