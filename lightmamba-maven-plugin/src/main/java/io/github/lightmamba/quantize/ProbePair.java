package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerProbe;

/** Two probes that see the inputs of both projections. */
record ProbePair(LayerProbe first, LayerProbe second) implements LayerProbe {
  @Override
  public void projectionInput(int tokens, float[] normed) {
    first.projectionInput(tokens, normed);
    second.projectionInput(tokens, normed);
  }

  @Override
  public void outProjInput(int tokens, float[] normalised) {
    first.outProjInput(tokens, normalised);
    second.outProjInput(tokens, normalised);
  }
}
