package io.github.lightmamba.estimate;

/**
 * Times of what no source of the kernels says, in cycles of the kernels' clock; {@code docs/accelerator.md},
 * "Estimate",
 * says why. They are assumptions, and are printed with every estimate.
 */
final class BoardTimes {
  /** From a request at a kernel's port to its first word. */
  static final int MEMORY_LATENCY = 100;
  /** Words that the m_axi read buffer of a memory kernel holds. */
  static final int READ_AHEAD = 512;
  /** Lost when a memory channel changes between reading and writing. */
  static final int TURNAROUND = 4;
  /** From one unit of a chain to the next: the loop's register, the link's FIFO. */
  static final int HOP = 4;
  /** From one super logic region to the next: registers on both sides. */
  static final int CROSSING = 4;

  private BoardTimes() {}
}
