package io.github.lightmamba.estimate;

/** Depths of the streams, as in {@code depths.hpp}. */
final class Depths {
  /** Words that wait in a unit, in UltraRAM: they carry the memory over the barriers between projections. */
  static final int PREFETCH = 4096;
  /** Channels that the multiplier may run ahead of the SSM message, a lane. */
  static final int CHANNELS = 32;
  /** Words between a memory kernel and its unit, and in front of the multiplier. */
  static final int WORDS = 64;
  /** Words of a message between two processes, and of a link of a chain. */
  static final int MESSAGE = 16;
  /** Values between two stages of the same rate, and beats of vectors in the core. */
  static final int VALUES = 16;
  /** Items in the core of which a lane has one. */
  static final int LANES = 8;

  private Depths() {}
}
