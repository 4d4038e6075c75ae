package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Mamba2Config;

/** What a block remembers between two tokens; new ones are zero. Not thread-safe. */
public final class LayerState {
  private final float[] conv; // (convKernel - 1, convChannels), oldest token first
  private final float[] ssm; // (stateSize, inner): state n of all channels lies together
  private final int inner;

  /** Creates the zero state. */
  public LayerState(Mamba2Config config) {
    this.conv = new float[(config.convKernel() - 1) * config.convChannels()];
    this.ssm = new float[config.stateSize() * config.innerSize()];
    this.inner = config.innerSize();
  }

  /** Returns state {@code n} of a channel; channel {@code c} belongs to head {@code c / headDim}. */
  public float ssm(int channel, int n) {
    return ssm[n * inner + channel];
  }

  /** Returns the last inputs of the convolution, (convKernel - 1, convChannels), oldest token first; shared. */
  float[] conv() {
    return conv;
  }

  /** Returns the hidden state, (stateSize, inner); shared. */
  float[] ssm() {
    return ssm;
  }
}
