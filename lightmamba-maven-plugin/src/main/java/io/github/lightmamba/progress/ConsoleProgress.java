package io.github.lightmamba.progress;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Progress for a person at a terminal, or for the log of a build.
 *
 * <p>At a terminal one line is rewritten, with a bar, the percentage and the time that remains. In a log there is a
 * plain line every five seconds with the same figures, and one when a phase that took that long ends. Thread-safe.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {
  /** The time between two plain lines. */
  public static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long BAR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int BAR_WIDTH = 30;
  private static final String CLEAR = "\r\033[K";

  private final Consumer<String> info;
  private final Consumer<String> warn;
  private final Consumer<String> terminal;
  private final LongSupplier nanos;

  private String name;
  private long total;
  private long done;
  private long start;
  private long shown;
  private boolean barVisible;

  /**
   * Makes a voice.
   *
   * @param info takes lines of information, without line ends
   * @param warn takes warnings, without line ends
   * @param terminal takes raw characters for a terminal, or null where there is none
   * @param nanos the clock, as {@link System#nanoTime}
   */
  public ConsoleProgress(
      Consumer<String> info, Consumer<String> warn, Consumer<String> terminal, LongSupplier nanos) {
    this.info = info;
    this.warn = warn;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public synchronized void info(String line) {
    clearBar();
    info.accept(line);
  }

  @Override
  public synchronized void warn(String line) {
    clearBar();
    warn.accept(line);
  }

  @Override
  public synchronized void phase(String phaseName, long phaseTotal) {
    if (phaseTotal < 1) {
      throw new IllegalArgumentException("phase " + phaseName + " has " + phaseTotal + " units, not at least 1");
    }
    close();
    name = phaseName;
    total = phaseTotal;
    done = 0;
    start = nanos.getAsLong();
    shown = start;
  }

  @Override
  public synchronized void advance(long units) {
    if (name == null) {
      return;
    }
    done = Math.min(total, done + units);
    if (done == total) {
      close(); // At once: what is said next comes after it.
      return;
    }
    long now = nanos.getAsLong();
    if (now - shown < (terminal == null ? LINE_NANOS : BAR_NANOS)) {
      return;
    }
    shown = now;
    String figures = figures(now);
    if (terminal == null) {
      info.accept(name + ": " + figures);
    } else {
      int full = (int) (BAR_WIDTH * done / total);
      terminal.accept(CLEAR + "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "] " + figures + "  " + name);
      barVisible = true;
    }
  }

  /** Ends the current phase, if there is one. */
  @Override
  public synchronized void close() {
    clearBar();
    if (name != null) {
      long took = nanos.getAsLong() - start;
      if (took >= LINE_NANOS) {
        info.accept(name + ": " + (done == total ? "done" : "ended at " + percent()) + " after " + time(took));
      }
      name = null;
    }
  }

  private void clearBar() {
    if (barVisible) {
      terminal.accept(CLEAR);
      barVisible = false;
    }
  }

  private String figures(long now) {
    if (done == 0) {
      return percent();
    }
    long remaining = (long) ((double) (now - start) * (total - done) / done);
    return percent() + ", " + time(remaining) + " left";
  }

  private String percent() {
    return String.format(Locale.ROOT, "%3d %%", (long) (100.0 * done / total)).trim();
  }

  /**
   * Returns a time as people read it, for example {@code 4 min 05 s}.
   *
   * @param nanos the time in ns, at least 0
   */
  public static String time(long nanos) {
    long seconds = Math.round(nanos / 1e9);
    if (seconds < 60) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 60
        ? String.format(Locale.ROOT, "%d min %02d s", minutes, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }
}
