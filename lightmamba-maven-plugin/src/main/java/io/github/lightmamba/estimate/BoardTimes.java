package io.github.lightmamba.estimate;

/**
 * Times of what no source of the kernels says; {@code docs/accelerator.md}, "Estimate", says why. They are assumptions,
 * and are printed with every estimate. What the memory needs is in nanoseconds, what registers need in cycles.
 */
final class BoardTimes {
  /** From a request at a kernel's port to its first word. */
  static final double MEMORY_LATENCY_NANOSECONDS = 400;
  /** Words that the m_axi read buffer of a memory kernel holds. */
  static final int READ_AHEAD = 512;

  /** Words of a burst of writes, and bursts that a port may have under way. */
  static final int WRITE_BURST = 4;

  static final int WRITES_OUTSTANDING = 8;
  /** Lost when a memory channel changes between reading and writing. */
  static final double TURNAROUND_NANOSECONDS = 16;
  /** From one unit of a chain to the next: the loop's register, the link's FIFO. */
  static final int HOP = 4;
  /** From one super logic region to the next: registers on both sides. */
  static final int CROSSING = 4;

  private BoardTimes() {}

  /** Returns the cycles of a time. */
  static int cycles(double nanoseconds, double hertz) {
    return (int) Math.round(nanoseconds * 1e-9 * hertz);
  }

  /** Returns the cycles from a request to its first word. */
  static int memoryLatency(double hertz) {
    return cycles(MEMORY_LATENCY_NANOSECONDS, hertz);
  }
}
