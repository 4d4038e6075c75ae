package io.github.lightmamba.process;

import java.util.List;
import java.util.Optional;

/**
 * How a program ended.
 *
 * @param exitCode its exit code; meaningless after a timeout
 * @param timedOut whether it was killed because its time was up
 * @param tail the last lines that it printed, at most {@link ProcessRunner#TAIL_LINES}
 * @param seconds how long it ran
 * @param trouble what first went wrong with its log or the listener while it ran, a clause; nothing, if all went well
 */
public record ProcessResult(
    int exitCode, boolean timedOut, List<String> tail, double seconds, Optional<String> trouble) {
  /** Returns whether it ended by itself with exit code 0. */
  public boolean good() {
    return exitCode == 0 && !timedOut;
  }
}
