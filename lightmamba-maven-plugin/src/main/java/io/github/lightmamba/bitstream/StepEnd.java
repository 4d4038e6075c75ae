package io.github.lightmamba.bitstream;

import java.util.Optional;

/**
 * How a step's program ended.
 *
 * @param exitCode its exit code; meaningless after a timeout
 * @param timedOut whether it was ended because its time was up
 * @param seconds how long it ran
 * @param trouble what went wrong with its log or the listener while it ran, a clause; nothing, if all went well
 */
public record StepEnd(int exitCode, boolean timedOut, double seconds, Optional<String> trouble) {
  /** Returns whether it ended by itself with exit code 0. */
  public boolean good() {
    return exitCode == 0 && !timedOut;
  }
}
