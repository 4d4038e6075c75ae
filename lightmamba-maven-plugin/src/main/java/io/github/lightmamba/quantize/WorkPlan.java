package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;

/**
 * How much work a model is worth; {@code docs/numerics.md}, section 7.
 *
 * @param windows of the calibration text
 * @param windowTokens of such a window
 * @param unrotated whether the model is also made without a rotation, for comparison
 * @param resumable whether what is done is kept after every block, so that a run that was killed goes on there
 */
record WorkPlan(int windows, int windowTokens, boolean unrotated, boolean resumable) {
  /** Tokens of a window where nothing is saved. */
  static final int WINDOW_TOKENS = 512;

  private static final int WINDOWS = 8;

  /** No model is calibrated on less, and a shorter window is a multiple of it. */
  private static final int LEAST_TOKENS = 128;

  private static final int SHORT_ORIGINAL_TOKENS = 64;

  /** Weights up to which the model without a rotation is worth its time. */
  private static final long UNROTATED_WEIGHTS = 1L << 25;

  /** Multiply-adds that a calibration for ranges alone is worth: some 12 seconds on two cores. */
  private static final long RANGES_WORK = 1L << 38;

  /**
   * Returns the plan for a model.
   *
   * @param tokens of the calibration text, at least {@link #WINDOW_TOKENS}
   */
  static WorkPlan of(ModelShape shape, Method method, int tokens) {
    long blocks = Work.blockWeights(shape) * shape.layers();
    boolean small = blocks + (long) shape.vocabulary() * shape.model() <= UNROTATED_WEIGHTS;
    boolean gptq = method == Method.GPTQ;
    long affordable = gptq ? Long.MAX_VALUE : RANGES_WORK / blocks;
    if (affordable >= WINDOW_TOKENS) {
      long windows = Math.min(affordable / WINDOW_TOKENS, Math.min(WINDOWS, tokens / WINDOW_TOKENS));
      return new WorkPlan((int) windows, WINDOW_TOKENS, small, gptq);
    }
    int length = (int) Math.max(1, affordable / LEAST_TOKENS) * LEAST_TOKENS;
    return new WorkPlan(1, length, small, gptq);
  }

  /**
   * Returns how many tokens of the last window, from its first one on, pass the original model too: all of them, or in
   * a shortened window few.
   */
  int originalTokens() {
    return windowTokens < WINDOW_TOKENS ? Math.min(windowTokens, SHORT_ORIGINAL_TOKENS) : windowTokens;
  }

  /** Returns whether less is read than a small model would be given. */
  boolean isShortened() {
    return !resumable && tokens() < WINDOWS * WINDOW_TOKENS && !unrotated;
  }

  /** Returns the tokens of all windows. */
  int tokens() {
    return windows * windowTokens;
  }
}
