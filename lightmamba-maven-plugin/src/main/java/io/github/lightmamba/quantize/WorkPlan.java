package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;

/**
 * How much work a model is worth; {@code docs/numerics.md}, section 7.
 *
 * @param windows of the calibration text
 * @param windowTokens of such a window
 * @param unrotated whether the model is also made without a rotation, for comparison
 * @param resumable whether what is done is kept after every block, so that a run that was killed goes on there
 * @param corrected whether weights are corrected for the inputs that arrive in the quantized model
 */
record WorkPlan(int windows, int windowTokens, boolean unrotated, boolean resumable, boolean corrected) {
  /** Tokens of a window where nothing is saved. */
  static final int WINDOW_TOKENS = 512;

  private static final int WINDOWS = 8;

  /** Most windows for error feedback: from 8 to 32 trained models gain 0.6 to 1.3 % of perplexity, to 64 nothing. */
  private static final int FEEDBACK_WINDOWS = 32;

  /** Multiply-adds of one pass through the blocks that the windows beyond the first 8 are worth. */
  private static final long FEEDBACK_WORK = 1L << 43;

  /** Tokens for each input of the widest projection from which on its second moments are known well enough. */
  private static final int CORRECTION_TOKENS = 8;

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
    if (gptq) {
      long affordable = Math.max(WINDOWS, FEEDBACK_WORK / blocks / WINDOW_TOKENS);
      int windows = (int) Math.min(affordable, Math.min(FEEDBACK_WINDOWS, tokens / WINDOW_TOKENS));
      boolean corrected = windows * WINDOW_TOKENS >= CORRECTION_TOKENS * shape.inner();
      return new WorkPlan(windows, WINDOW_TOKENS, small, true, corrected);
    }
    long affordable = RANGES_WORK / blocks;
    if (affordable >= WINDOW_TOKENS) {
      long windows = Math.min(affordable / WINDOW_TOKENS, Math.min(WINDOWS, tokens / WINDOW_TOKENS));
      return new WorkPlan((int) windows, WINDOW_TOKENS, small, false, false);
    }
    int length = (int) Math.max(1, affordable / LEAST_TOKENS) * LEAST_TOKENS;
    return new WorkPlan(1, length, small, false, false);
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
