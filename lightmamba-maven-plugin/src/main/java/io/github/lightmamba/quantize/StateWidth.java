package io.github.lightmamba.quantize;

/**
 * Chooses the width of a head's hidden state from its calibrated decay; {@code docs/numerics.md}, section 5.
 *
 * <p>Rounding to nearest loses a state that shrinks by less than half a step a token. Up to the limits below, and with
 * 16
 * bits up to 0.9999, the output keeps 25 dB over 4,096 tokens, and a state without input stays within 10 % of the right
 * one until that has fallen to 1 % (measured, groups of 64).
 */
final class StateWidth {
  private static final double EIGHT_BITS_UP_TO = 0.9;
  private static final double TWELVE_BITS_UP_TO = 0.995;

  private StateWidth() {}

  /** Returns 8, 12 or 16 for a decay, 0 to 1. */
  static int of(double decay) {
    if (decay <= EIGHT_BITS_UP_TO) {
      return 8;
    }
    return decay <= TWELVE_BITS_UP_TO ? 12 : 16;
  }
}
