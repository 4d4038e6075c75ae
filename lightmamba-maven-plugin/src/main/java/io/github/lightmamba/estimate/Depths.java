package io.github.lightmamba.estimate;

/** Depths of the streams, as in {@code depths.hpp}. */
final class Depths {
  /** Words that wait in a unit, in UltraRAM: they carry the memory over the barriers between projections. */
  static final int PREFETCH = 4096;
  /** Channels that the multiplier may run ahead of the SSM message, a lane. */
  static final int CHANNELS = 32;

  private Depths() {}
}
