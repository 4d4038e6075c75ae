package io.github.lightmamba.perplexity;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.util.Arrays;

/**
 * A text cut into windows: from its first token, without overlap, each read from a zero state.
 *
 * <p>Window w reads the tokens {@code [w * length, w * length + length)}, and all of its {@code length} next tokens are
 * scored; the last one scored is the first of the next window.
 */
public final class EvaluationWindows {
  private final int[] tokens;
  private final int count;
  private final int length;

  /**
   * Cuts a text.
   *
   * @param tokens the text, at least {@code count * length + 1} tokens; what follows is not used
   * @param count the number of windows, at least 1
   * @param length the tokens of a window, at least 1
   * @throws LightMambaException if the text is too short
   */
  public EvaluationWindows(int[] tokens, int count, int length) {
    if (count < 1 || length < 1) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "windows is " + count + " and windowTokens " + length + ", both must be at least 1.",
          "set lightmamba.windows and lightmamba.windowTokens.");
    }
    long needed = (long) count * length + 1;
    if (tokens.length < needed) {
      throw new LightMambaException(
          ErrorCode.TEXT_INVALID,
          "the evaluation text has %d tokens, %d windows of %d need %d."
              .formatted(tokens.length, count, length, needed),
          "give a longer text, or set lightmamba.windows to a smaller number.");
    }
    this.tokens = Arrays.copyOf(tokens, (int) needed);
    this.count = count;
    this.length = length;
  }

  /** Returns the number of windows. */
  public int count() {
    return count;
  }

  /** Returns the tokens of a window. */
  public int length() {
    return length;
  }

  /** Returns a part of what a window reads: {@code size} tokens from its token {@code start}. */
  int[] read(int window, int start, int size) {
    int from = window * length + start;
    return Arrays.copyOfRange(tokens, from, from + size);
  }

  /** Returns the token that a model should predict after reading token {@code position} of a window. */
  int next(int window, int position) {
    return tokens[window * length + position + 1];
  }
}
