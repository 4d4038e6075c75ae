package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.checkpoint.Mamba2Layer;
import io.github.lightmamba.tensor.Matrix;

/** The weights of one block as values; shapes as in {@link LayerWeights}. */
public record BlockWeights(
    Mamba2Config config,
    float[] norm,
    Matrix inProj,
    float[] inProjBias,
    float[] convWeight,
    float[] convBias,
    float[] dtBias,
    float[] aLog,
    float[] d,
    float[] gatedNorm,
    Matrix outProj,
    float[] outProjBias)
    implements LayerWeights {

  /** Returns the weights of a block of a checkpoint; matrices stay mapped. */
  public static BlockWeights of(Checkpoint checkpoint, int layer) {
    Mamba2Layer weights = checkpoint.layer(layer);
    return new BlockWeights(
        checkpoint.config(),
        weights.norm(),
        weights.inProj(),
        weights.inProjBias(),
        weights.convWeight(),
        weights.convBias(),
        weights.dtBias(),
        weights.aLog(),
        weights.d(),
        weights.gatedNorm(),
        weights.outProj(),
        weights.outProjBias());
  }
}
