package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.LayerWeights;
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

  /** A block with other projections. */
  private record Projections(FusedLayer block, Matrix inProj, Matrix outProj) implements LayerWeights {
    @Override
    public Mamba2Config config() {
      return block.config();
    }

    @Override
    public float[] norm() {
      return block.norm();
    }

    @Override
    public float[] inProjBias() {
      return block.inProjBias();
    }

    @Override
    public float[] convWeight() {
      return block.convWeight();
    }

    @Override
    public float[] convBias() {
      return block.convBias();
    }

    @Override
    public float[] dtBias() {
      return block.dtBias();
    }

    @Override
    public float[] aLog() {
      return block.aLog();
    }

    @Override
    public float[] d() {
      return block.d();
    }

    @Override
    public float[] gatedNorm() {
      return block.gatedNorm();
    }

    @Override
    public float[] outProjBias() {
      return block.outProjBias();
    }

    @Override
    public void transformOutProjInput(float[] normalised) {
      block.transformOutProjInput(normalised);
    }
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
    run(new Projections(block, inProj, block.outProj()), hidden[window].clone(), probe);
    return seen[0];
  }

  /** Passes a block, with rounded projections. */
  void pass(FusedLayer block, Matrix inProj, Matrix outProj) {
    for (float[] window : hidden) {
      run(
          new Projections(block, inProj, outProj),
          window,
          new RoundingProbe(rounding, config.hiddenSize(), config.innerSize()));
    }
  }

  private void run(LayerWeights block, float[] window, RoundingProbe probe) {
    probe.residualBefore(windowTokens, window);
    MambaBlock.forward(block, window, windowTokens, new LayerState(config), probe);
  }
}
