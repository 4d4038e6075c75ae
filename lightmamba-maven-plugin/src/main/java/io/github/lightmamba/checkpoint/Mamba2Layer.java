package io.github.lightmamba.checkpoint;

import io.github.lightmamba.tensor.Matrix;

/**
 * The weights of one block as the checkpoint has them. The arrays are shared: do not change them.
 *
 * @param norm weight of the norm before the mixer, (hidden)
 * @param inProj (projectionRows, hidden), rows in the order z, x, B, C, dt
 * @param inProjBias (projectionRows), or null
 * @param convWeight (convChannels, convKernel), the last tap meets the newest token
 * @param convBias (convChannels), zeros if the checkpoint has none
 * @param dtBias (heads)
 * @param aLog (heads); A = -exp(aLog)
 * @param d (heads)
 * @param gatedNorm weight of the norm after the gate, (inner)
 * @param outProj (hidden, inner)
 * @param outProjBias (hidden), or null
 */
public record Mamba2Layer(
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
    float[] outProjBias) {}
