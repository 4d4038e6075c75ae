package io.github.lightmamba.estimate;

/** Depths of the streams, as in {@code depths.hpp}. */
final class Depths {
  /** Channels that the multiplier may run ahead of the SSM message, a lane. */
  static final int CHANNELS = 32;
  /** Words between a memory kernel and its unit. */
  static final int WORDS = 64;
  /** Words between two processes of a unit that move words. */
  static final int PREFETCH = 32;
  /** Words of a message between two processes, and of a link of a chain. */
  static final int MESSAGE = 16;
  /** Values between two stages of the same rate, and beats of vectors in the core. */
  static final int VALUES = 16;
  /** Items in the core of which a lane has one. */
  static final int LANES = 8;

  /** Beats of go and of done: one is under way. */
  static final int SIGNAL = 16;

  private Depths() {}
}
