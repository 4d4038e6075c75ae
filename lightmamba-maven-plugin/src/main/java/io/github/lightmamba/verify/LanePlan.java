package io.github.lightmamba.verify;

/**
 * Which lane of which step computes which token in a start ({@code docs/formats.md}, section 6).
 *
 * @param lanes T of the accelerator
 * @param tokens N of every sequence
 * @param sequences S, 1 to T
 * @param decode whether the kernels feed their own predictions
 */
record LanePlan(int lanes, int tokens, int sequences, boolean decode) {
  /** Whether the lanes of a step are consecutive tokens of one sequence. */
  private boolean chunked() {
    return sequences == 1 && !decode;
  }

  /** Passes over the weights. */
  int steps() {
    return chunked() ? (tokens + lanes - 1) / lanes : tokens;
  }

  /** Lanes at work in a step. */
  int active(int step) {
    return chunked() ? Math.min(lanes, tokens - step * lanes) : sequences;
  }

  /** Returns the sequence of a lane. */
  int sequence(int lane) {
    return chunked() ? 0 : lane;
  }

  /** Returns the position of a lane's token in the start. */
  int position(int step, int lane) {
    return chunked() ? step * lanes + lane : step;
  }
}
