package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.tensor.Matrix;

/** What one block needs; the shapes follow from {@link #config()}. Arrays are shared and not changed. */
public interface LayerWeights {
  /** Returns the architecture. */
  Mamba2Config config();

  /** Returns the weight of the norm before the mixer, (hidden). */
  float[] norm();

  /** Returns the input projection, (projectionRows, hidden), rows in the order z, x, B, C, dt. */
  Matrix inProj();

  /** Returns the bias of the input projection, (projectionRows), or null. */
  float[] inProjBias();

  /** Returns the taps of the convolution, (convChannels, convKernel), the last tap meets the newest token. */
  float[] convWeight();

  /** Returns the bias of the convolution, (convChannels). */
  float[] convBias();

  /** Returns what is added to dt before softplus, (heads). */
  float[] dtBias();

  /** Returns the logarithm of -A, (heads). */
  float[] aLog();

  /** Returns the factor of x in y, (heads). */
  float[] d();

  /** Returns the weight of the norm after the gate, (inner). */
  float[] gatedNorm();

  /** Returns the output projection, (hidden, inner). */
  Matrix outProj();

  /** Returns the bias of the output projection, (hidden), or null. */
  float[] outProjBias();

  /**
   * Changes the input of the output projection in place; the identity unless the block is rotated.
   *
   * @param normalised one token, (inner)
   */
  default void transformOutProjInput(float[] normalised) {}
}
