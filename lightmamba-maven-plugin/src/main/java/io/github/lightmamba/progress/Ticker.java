package io.github.lightmamba.progress;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Calls something again and again. */
@FunctionalInterface
public interface Ticker {
  /**
   * Starts.
   *
   * @param tick what is called, until it is stopped; one call may still be under way then
   * @return stops it, without waiting
   */
  Runnable start(Runnable tick);

  /**
   * Returns a ticker with a thread of its own, which ends no later than the program.
   *
   * @param pause between two calls, and before the first
   */
  static Ticker every(Duration pause) {
    return tick -> {
      ScheduledExecutorService thread =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread made = new Thread(work, "lightmamba-progress");
                made.setDaemon(true);
                return made;
              });
      thread.scheduleWithFixedDelay(tick, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
      return thread::shutdown;
    };
  }
}
