package io.github.lightmamba.mamba;

/**
 * Sees what flows inside a block, for calibration. Every array has one row for each token, and is shared: it must not
 * be kept, nor changed, but for the inputs of the projections, which the block takes as a probe leaves them.
 */
public interface LayerProbe {
  /** Sees the normed input of in_proj, (tokens, hidden). */
  default void projectionInput(int tokens, float[] normed) {}

  /** Sees the input of the convolution, (tokens, convChannels), channels in the order x, B, C. */
  default void convInput(int tokens, float[] xbc) {}

  /** Sees the gate before silu, (tokens, inner). */
  default void gate(int tokens, float[] z) {}

  /** Sees dt after bias, softplus and clamp, (tokens, heads). */
  default void timeStep(int tokens, float[] dt) {}

  /** Sees the input of the scan, after convolution and silu, (tokens, convChannels), in the order x, B, C. */
  default void scanInput(int tokens, float[] xbc) {}

  /** Sees the output of the scan, with D*x, (tokens, inner). */
  default void scanOutput(int tokens, float[] y) {}

  /** Sees the hidden state after the last of the tokens. */
  default void state(LayerState state) {}

  /** Sees y * silu(z), before the norm, (tokens, inner). */
  default void gated(int tokens, float[] gated) {}

  /** Sees the input of out_proj, normed and transformed, (tokens, inner). */
  default void outProjInput(int tokens, float[] normalised) {}

  /** Sees the output of out_proj before it is added to the residual, (tokens, hidden). */
  default void outProjOutput(int tokens, float[] output) {}

  /** Sees the residual after the block, (tokens, hidden). */
  default void residual(int tokens, float[] hidden) {}
}
