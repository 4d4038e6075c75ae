package io.github.lightmamba.checkpoint;

/** The largest values that a configuration may have, far above every published model. */
final class ConfigLimits {
  static final int WIDTH = 1 << 16;
  static final int HEADS = 1 << 12;
  static final int HEAD_DIM = 1 << 12;
  static final int STATES = 1 << 12;
  static final int TAPS = 16;
  static final int LAYERS = 1 << 10;
  static final int TOKENS = 1 << 24;
  static final int EXPAND = 64;

  /** Of transformers and of state-spaces. */
  static final double DEFAULT_NORM_EPSILON = 1e-5;

  private ConfigLimits() {}
}
