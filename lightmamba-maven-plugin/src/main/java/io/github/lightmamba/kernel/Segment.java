package io.github.lightmamba.kernel;

/** The parts of a layer in the order in which a unit takes them, and the head; {@code docs/formats.md}, section 1. */
public enum Segment {
  /** B, C and dt rows. */
  SHARED,
  /** Pairs of an x and a z row. */
  CHANNELS,
  /** Rows of out_proj. */
  OUT,
  /** Rows of the LM head. */
  HEAD
}
