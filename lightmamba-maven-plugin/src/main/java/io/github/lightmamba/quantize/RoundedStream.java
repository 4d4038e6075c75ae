package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.tensor.Matrix;

/**
 * The calibration text on its way through the quantized model, in floats: weights and inputs of the projections are
 * rounded, everything else is exact. Belongs to one thread.
 */
final class RoundedStream {
  private final Mamba2Config config;
  private final ActivationRounding rounding;
  private final int windowTokens;
  private final float[][] hidden;

  /**
   * Starts, or goes on.
   *
   * @param hidden residual of every window, (tokens, hidden); kept and changed
   */
  RoundedStream(Mamba2Config config, ActivationRounding rounding, int windowTokens, float[][] hidden) {
    this.config = config;
    this.rounding = rounding;
    this.windowTokens = windowTokens;
    this.hidden = hidden;
  }

  /** Returns the residual of every window, (tokens, hidden); shared, not to be changed. */
  float[][] hidden() {
    return hidden;
  }

  /** Returns the rounded input of the next block's in_proj for a window, (tokens, hidden). */
  float[] projectionInput(int window) {
    float[] norms = new float[windowTokens];
    float[] normed = CalibrationStream.normed(hidden[window], config, norms);
    return rounding.rounded(windowTokens, normed, norms);
  }

  /**
   * Returns the rounded input of a block's out_proj for a window, (tokens, inner); the residual stays.
   *
   * @param inProj rounded
   */
  float[] outProjInput(FusedLayer block, Matrix inProj, int window) {
    float[][] seen = new float[1][];
    RoundingProbe probe =
        new RoundingProbe(rounding, config.hiddenSize(), config.innerSize()) {
          @Override
          public void outProjInput(int tokens, float[] normalised) {
            super.outProjInput(tokens, normalised);
            seen[0] = normalised.clone();
          }
        };
    run(with(block, inProj, block.outProj()), hidden[window].clone(), probe);
    return seen[0];
  }

  /** Passes a block, with rounded projections. */
  void pass(FusedLayer block, Matrix inProj, Matrix outProj) {
    for (float[] window : hidden) {
      run(
          with(block, inProj, outProj),
          window,
          new RoundingProbe(rounding, config.hiddenSize(), config.innerSize()));
    }
  }

  private static FusedLayer with(FusedLayer block, Matrix inProj, Matrix outProj) {
    return new FusedLayer(
        block.original(), block.norm(), inProj, block.gatedNorm(), outProj, block.outProjBias(), block.rotation());
  }

  private void run(FusedLayer block, float[] window, RoundingProbe probe) {
    probe.residualBefore(windowTokens, window);
    MambaBlock.forward(block, window, windowTokens, new LayerState(config), probe);
  }
}
