package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerProbe;

/** Rounds the inputs of both projections of a block, as the integer model does. Belongs to one thread. */
class RoundingProbe implements LayerProbe {
  private final ActivationRounding rounding;
  private final int width;
  private final int inner;
  private float[] residualNorms;
  private float[] gatedNorms;

  /**
   * Creates a probe.
   *
   * @param width elements of a residual vector
   * @param inner gated channels
   */
  RoundingProbe(ActivationRounding rounding, int width, int inner) {
    this.rounding = rounding;
    this.width = width;
    this.inner = inner;
  }

  /** Is told the residual before the block, (tokens, width). */
  final void residualBefore(int tokens, float[] hidden) {
    residualNorms = RangeProbe.norms(tokens, hidden, width);
  }

  @Override
  public void projectionInput(int tokens, float[] normed) {
    System.arraycopy(rounding.rounded(tokens, normed, residualNorms), 0, normed, 0, normed.length);
  }

  @Override
  public void gated(int tokens, float[] values) {
    gatedNorms = RangeProbe.norms(tokens, values, inner);
  }

  @Override
  public void outProjInput(int tokens, float[] normalised) {
    System.arraycopy(rounding.rounded(tokens, normalised, gatedNorms), 0, normalised, 0, normalised.length);
  }
}
