package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.rotation.FusedLayer;
import java.util.Arrays;

/** Collects the ranges of one block while it runs. Belongs to one thread. */
final class RangeProbe implements LayerProbe {
  /** Of the decay over tokens: the slow end decides the width of the state. */
  private static final double DECAY_QUANTILE = 0.95;

  private final FusedLayer weights;
  private final float[] gatedNorm;
  private final double[] rates;
  private final float[] convInput;
  private final float[][] decays;
  private int seen;
  private double gated;
  private double gatedWeighted;
  private double normed;
  private float[] residualNorms;
  private float[] gatedNorms;
  private final LayerProbe watcher;
  private final ActivationRounding rounding;
  private final InputStatistics inProj;
  private final InputStatistics outProj;

  /**
   * Creates a probe.
   *
   * @param tokens how many tokens it will see
   * @param watcher sees the inputs of both projections too
   * @param rounding of the activations, if the second moments of the inputs are wanted, or null
   */
  RangeProbe(FusedLayer weights, int tokens, LayerProbe watcher, ActivationRounding rounding) {
    this.weights = weights;
    this.watcher = watcher;
    this.rounding = rounding;
    this.inProj = rounding == null ? null : new InputStatistics(weights.config().hiddenSize());
    this.outProj = rounding == null ? null : new InputStatistics(weights.config().innerSize());
    this.gatedNorm = weights.gatedNorm();
    this.rates = new double[weights.aLog().length];
    for (int h = 0; h < rates.length; h++) {
      rates[h] = Math.exp(weights.aLog()[h]);
    }
    this.convInput = new float[weights.config().convChannels()];
    this.decays = new float[rates.length][tokens];
  }

  /** Is told the residual before the block, (tokens, hidden). */
  void residualBefore(int tokens, float[] hidden) {
    residualNorms = norms(tokens, hidden, hidden.length / tokens);
  }

  static float[] norms(int tokens, float[] values, int length) {
    float[] norms = new float[tokens];
    for (int t = 0; t < tokens; t++) {
      double sum = 0;
      for (int i = t * length; i < (t + 1) * length; i++) {
        sum += (double) values[i] * values[i];
      }
      norms[t] = (float) Math.sqrt(sum / length + Double.MIN_NORMAL);
    }
    return norms;
  }

  @Override
  public void projectionInput(int tokens, float[] values) {
    watcher.projectionInput(tokens, values);
    if (inProj != null) {
      inProj.add(tokens, rounding.rounded(tokens, values, residualNorms));
    }
  }

  @Override
  public void outProjInput(int tokens, float[] values) {
    watcher.outProjInput(tokens, values);
    if (weights.rotation() == null) {
      for (int i = 0; i < tokens * gatedNorm.length; i++) {
        normed = Math.max(normed, Math.abs(values[i]));
      }
    }
    if (outProj != null) {
      outProj.add(tokens, rounding.rounded(tokens, values, gatedNorms));
    }
  }

  /** Returns what the rounding needs to know of the inputs; once, the statistics are used up. */
  LayerInputs inputs() {
    return inProj == null
        ? LayerInputs.UNKNOWN
        : LayerInputs.of(ErrorFeedback.of(inProj), ErrorFeedback.of(outProj));
  }

  @Override
  public void convInput(int tokens, float[] xbc) {
    for (int i = 0; i < tokens * convInput.length; i++) {
      convInput[i % convInput.length] = Math.max(convInput[i % convInput.length], Math.abs(xbc[i]));
    }
  }

  @Override
  public void timeStep(int tokens, float[] dt) {
    for (int t = 0; t < tokens; t++) {
      for (int h = 0; h < rates.length; h++) {
        decays[h][seen + t] = (float) Math.exp(-dt[t * rates.length + h] * rates[h]);
      }
    }
    seen += tokens;
  }

  @Override
  public void gated(int tokens, float[] values) {
    gatedNorms = norms(tokens, values, gatedNorm.length);
    for (int i = 0; i < tokens * gatedNorm.length; i++) {
      double magnitude = Math.abs(values[i]);
      gated = Math.max(gated, magnitude);
      gatedWeighted = Math.max(gatedWeighted, magnitude * Math.abs(gatedNorm[i % gatedNorm.length]));
    }
    if (weights.rotation() != null) {
      seeNormed(tokens, values);
    }
  }

  /** The norm's result before the online transform, which outProjInput shows after it. */
  private void seeNormed(int tokens, float[] values) {
    int length = gatedNorm.length / weights.config().normGroups();
    for (int start = 0; start < tokens * gatedNorm.length; start += length) {
      double sum = 0;
      for (int i = start; i < start + length; i++) {
        sum += (double) values[i] * values[i];
      }
      double scale = 1 / Math.sqrt(sum / length + weights.config().normEpsilon());
      for (int i = start; i < start + length; i++) {
        normed = Math.max(normed, scale * Math.abs(values[i] * gatedNorm[i % gatedNorm.length]));
      }
    }
  }

  LayerRanges ranges() {
    double[] quantiles = new double[rates.length];
    for (int h = 0; h < quantiles.length; h++) {
      float[] sorted = Arrays.copyOf(decays[h], seen);
      Arrays.sort(sorted);
      quantiles[h] = sorted[(int) Math.min(seen - 1, Math.floor(DECAY_QUANTILE * seen))];
    }
    return new LayerRanges(convInput, gated, gatedWeighted, normed, quantiles);
  }
}
