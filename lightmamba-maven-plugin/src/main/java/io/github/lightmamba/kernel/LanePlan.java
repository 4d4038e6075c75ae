package io.github.lightmamba.kernel;

/**
 * Which lane of which step computes which token in a start ({@code docs/formats.md}, section 6).
 *
 * @param lanes T of the accelerator
 * @param tokens N of every sequence
 * @param sequences S, 1 to T
 * @param decode whether the kernels feed their own predictions
 */
public record LanePlan(int lanes, int tokens, int sequences, boolean decode) {
  /** Whether the lanes of a step are consecutive tokens of one sequence. */
  private boolean chunked() {
    return sequences == 1 && !decode;
  }

  /** Passes over the weights. */
  public int steps() {
    return chunked() ? (tokens + lanes - 1) / lanes : tokens;
  }

  /** Lanes at work in a step. */
  public int active(int step) {
    return chunked() ? Math.min(lanes, tokens - step * lanes) : sequences;
  }

  /** Returns the sequence of a lane. */
  public int sequence(int lane) {
    return chunked() ? 0 : lane;
  }

  /** Returns the position of a lane's token in the start. */
  public int position(int step, int lane) {
    return chunked() ? step * lanes + lane : step;
  }

  /** First lane of a step that has logits where only the last token of a sequence has: the active lanes if none has. */
  public int firstLogit(int step, boolean logitsForAll) {
    if (logitsForAll) {
      return 0;
    }
    if (step != steps() - 1) {
      return active(step);
    }
    return sequences > 1 ? 0 : active(step) - 1;
  }
}
