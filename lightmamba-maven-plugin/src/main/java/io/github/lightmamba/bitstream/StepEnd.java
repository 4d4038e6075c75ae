package io.github.lightmamba.bitstream;

/**
 * How a step's program ended.
 *
 * @param exitCode its exit code; meaningless after a timeout
 * @param timedOut whether it was ended because its time was up
 * @param seconds how long it ran
 */
public record StepEnd(int exitCode, boolean timedOut, double seconds) {
  /** Returns whether it ended by itself with exit code 0. */
  public boolean good() {
    return exitCode == 0 && !timedOut;
  }
}
