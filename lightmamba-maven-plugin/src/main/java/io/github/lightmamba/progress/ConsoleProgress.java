package io.github.lightmamba.progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Progress for a person at a terminal, or for the log of a build.
 *
 * <p>At a terminal one line is rewritten each second, whether something has happened or not: of a phase with a bar, the
 * percentage, the time since the start and the time that remains; of an activity with the time since the start and what
 * it said last. Several take turns. In a log there is, when something has happened, a plain line every five seconds,
 * and one when a phase that took that long ends; of an activity that says nothing one after a minute, then after two,
 * four, and every five, so that who looks at the log of hours knows that it goes on. Thread-safe.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {
  /** The time between two plain lines. */
  public static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long an activity may say nothing in a log before a line says that it goes on, the first time. */
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The longest such silence, which doubles each time. */
  private static final long SILENCE_MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final long BAR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int BAR_WIDTH = 20;
  /** A longer line would wrap on a narrow terminal, and each rewriting leave a piece of it behind. */
  private static final int LINE_CHARS = 79;

  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final String CLEAR = "\r\033[K";

  private final Consumer<String> info;
  private final Consumer<String> warn;
  private final Consumer<String> terminal;
  private final LongSupplier nanos;
  private final Ticker ticker;
  private final List<Running> running = new ArrayList<>();

  private Runnable stop;
  private String name;
  private long total;
  private long done;
  private long start;
  private long shown;
  private boolean barVisible;

  /**
   * Makes a voice whose line at a terminal is rewritten each second.
   *
   * @param info takes lines of information, without line ends
   * @param warn takes warnings, without line ends
   * @param terminal takes raw characters for a terminal, or null where there is none
   * @param nanos the clock, as {@link System#nanoTime}
   */
  public ConsoleProgress(
      Consumer<String> info, Consumer<String> warn, Consumer<String> terminal, LongSupplier nanos) {
    this(info, warn, terminal, nanos, Ticker.every(Duration.ofSeconds(1)));
  }

  /**
   * Makes a voice.
   *
   * @param info takes lines of information, without line ends
   * @param warn takes warnings, without line ends
   * @param terminal takes raw characters for a terminal, or null where there is none
   * @param nanos the clock, as {@link System#nanoTime}
   * @param ticker says when the line at the terminal is rewritten, and a log looked after; runs only while there is
   *     something to show
   */
  public ConsoleProgress(
      Consumer<String> info, Consumer<String> warn, Consumer<String> terminal, LongSupplier nanos, Ticker ticker) {
    this.info = info;
    this.warn = warn;
    this.terminal = terminal;
    this.nanos = nanos;
    this.ticker = ticker;
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
    endPhase();
    name = phaseName;
    total = phaseTotal;
    done = 0;
    start = nanos.getAsLong();
    shown = start;
    keepTicking();
  }

  @Override
  public synchronized void advance(long units) {
    if (name == null) {
      return;
    }
    done = Math.min(total, done + units);
    if (done == total) {
      endPhase(); // At once: what is said next comes after it.
      return;
    }
    long now = nanos.getAsLong();
    if (now - shown < (terminal == null ? LINE_NANOS : BAR_NANOS)) {
      return;
    }
    shown = now;
    if (terminal == null) {
      info.accept(name + ": " + percent() + left(now));
    } else {
      draw(now);
    }
  }

  @Override
  public synchronized Activity activity(String activityName) {
    Running one = new Running(activityName, nanos.getAsLong());
    running.add(one);
    keepTicking();
    return one;
  }

  /** Ends the current phase, if there is one, and all activities. */
  @Override
  public synchronized void close() {
    running.clear();
    endPhase();
  }

  private void endPhase() {
    clearBar();
    if (name != null) {
      long took = nanos.getAsLong() - start;
      if (took >= LINE_NANOS) {
        info.accept(name + ": " + (done == total ? "done" : "ended at " + percent()) + " after " + time(took));
      }
      name = null;
    }
    keepTicking();
  }

  /** Lets the ticker run as long as there is something to show. */
  private void keepTicking() {
    boolean needed = !running.isEmpty() || terminal != null && name != null;
    if (needed && stop == null) {
      stop = ticker.start(this::tick);
    } else if (!needed && stop != null) {
      stop.run();
      stop = null;
    }
  }

  private synchronized void tick() {
    if (stop == null) {
      return; // A call that was under way when the ticker was stopped shows nothing.
    }
    long now = nanos.getAsLong();
    if (terminal == null) {
      running.forEach(one -> one.remind(now));
    } else {
      draw(now);
    }
  }

  private void draw(long now) {
    List<String> lines = new ArrayList<>();
    if (name != null) {
      int full = (int) (BAR_WIDTH * done / total);
      String bar = "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "] ";
      lines.add(bar + percent() + ", " + watch(now - start) + left(now) + "  " + name);
    }
    running.forEach(one -> lines.add(one.line(now)));
    int turn = (int) Math.floorMod(now / TURN_NANOS, (long) lines.size());
    String line = (lines.size() == 1 ? "" : (turn + 1) + "/" + lines.size() + " ") + lines.get(turn);
    terminal.accept(CLEAR + (line.length() <= LINE_CHARS ? line : line.substring(0, LINE_CHARS - 3) + "..."));
    barVisible = true;
  }

  /** An activity that has not ended; guarded by the voice. */
  private final class Running implements Activity {
    private final String what;
    private final long began;
    private long said;
    private long silence = SILENCE_NANOS;
    private String last = "";

    Running(String what, long began) {
      this.what = what;
      this.began = began;
      this.said = began;
    }

    @Override
    public void milestone(String happened) {
      synchronized (ConsoleProgress.this) {
        last = happened;
        say(nanos.getAsLong());
      }
    }

    @Override
    public void at(String where) {
      synchronized (ConsoleProgress.this) {
        last = where;
        silence = SILENCE_NANOS;
        long now = nanos.getAsLong();
        if (terminal == null && now - said >= LINE_NANOS) {
          say(now);
        }
      }
    }

    @Override
    public void close() {
      synchronized (ConsoleProgress.this) {
        clearBar();
        running.remove(this);
        keepTicking();
      }
    }

    private void remind(long now) {
      if (now - said >= silence) {
        said = now;
        silence = Math.min(2 * silence, SILENCE_MOST_NANOS);
        info.accept(what + ": goes on, " + time(now - began) + (last.isEmpty() ? "" : ", last: " + last));
      }
    }

    private void say(long now) {
      said = now;
      silence = SILENCE_NANOS;
      clearBar();
      info.accept(what + ": " + last + ", " + time(now - began));
    }

    private String line(long now) {
      return what + ": " + watch(now - began) + (last.isEmpty() ? "" : ", " + last);
    }
  }

  private void clearBar() {
    if (barVisible) {
      terminal.accept(CLEAR);
      barVisible = false;
    }
  }

  private String left(long now) {
    if (done == 0) {
      return "";
    }
    long remaining = (long) ((double) (now - start) * (total - done) / done);
    return ", " + time(remaining) + " left";
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

  /** Returns a time as a clock that runs shows it, for example {@code 0:04:05}. */
  private static String watch(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
