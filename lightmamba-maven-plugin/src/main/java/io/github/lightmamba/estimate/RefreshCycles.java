package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.Refresh;

/**
 * The refreshes of a memory in cycles of the kernels' clock. The first one begins at cycle 0, so that a start never
 * meets fewer than its share.
 *
 * @param interval from the beginning of one to that of the next; infinite where none is modelled
 * @param length cycles in which the memory moves nothing
 */
record RefreshCycles(double interval, double length) {
  /** No refresh of its own. */
  static final RefreshCycles NONE = new RefreshCycles(Double.POSITIVE_INFINITY, 0);

  /** Returns those of a memory, or none where the profile has no figures. */
  static RefreshCycles of(Refresh refresh, double hertz) {
    return refresh == null
        ? NONE
        : new RefreshCycles(refresh.intervalNanoseconds() * 1e-9 * hertz, refresh.nanoseconds() * 1e-9 * hertz);
  }

  /** Returns the share of time in which the memory can move data. */
  double working() {
    return 1 - length / interval;
  }

  /** Returns the time itself, or the end of the refresh that is under way then. */
  double endOf(double time) {
    if (length == 0) {
      return time;
    }
    double begin = Math.floor(time / interval) * interval;
    return Math.max(time, begin + length);
  }
}
