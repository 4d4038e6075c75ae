package io.github.lightmamba.bitstream;

import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.LogEvent;
import java.util.Locale;
import java.util.function.Consumer;

/** Says how far a step is: a line for each phase with the time since the start, and a share of the whole. */
final class StepVoice implements Consumer<LogEvent> {
  private static final long WHOLE = 100;
  /** Synthesis takes about this share of a link; the tasks of the implementation share the rest. */
  private static final long SYNTHESIS = 40;

  private final String step;
  private final Progress progress;
  private final boolean live;
  private final long start = System.nanoTime();
  private long shown;

  StepVoice(String step, Progress progress, boolean live) {
    this.step = step;
    this.progress = progress;
    this.live = live;
    if (live) {
      progress.phase(step, WHOLE);
    }
  }

  @Override
  public void accept(LogEvent event) {
    if (event instanceof LogEvent.Phase phase && phase.state() != LogEvent.State.STARTED) {
      say(phase.step() + " " + phase.state().name().toLowerCase(Locale.ROOT));
    } else if (event instanceof LogEvent.Jobs jobs && jobs.total() > 0) {
      reach(SYNTHESIS * jobs.complete() / jobs.total());
    } else if (event instanceof LogEvent.Task task && task.total() > 0) {
      reach(SYNTHESIS + (WHOLE - SYNTHESIS) * task.number() / (task.total() + 1));
      say("task " + task.number() + " of " + task.total() + " done, " + task.name());
    } else if (event instanceof LogEvent.EstimatedFmax fmax) {
      say(String.format(Locale.ROOT, "synthesis estimates %.0f MHz", fmax.megahertz()));
    } else if (event instanceof LogEvent.ClockLowered lowered) {
      progress.warn(
          String.format(
              Locale.ROOT, "%s: the clock %s was lowered from %.0f to %.1f MHz", step, lowered.clock(),
              lowered.askedMegahertz(), lowered.megahertz()));
    }
  }

  /** Says that the step is done. */
  void done(double seconds) {
    reach(WHOLE);
    progress.info(step + ": done after " + ConsoleProgress.time((long) (seconds * 1e9)));
  }

  private void say(String what) {
    progress.info(step + ": " + what + ", " + ConsoleProgress.time(System.nanoTime() - start));
  }

  private void reach(long share) {
    if (live && share > shown) {
      progress.advance(share - shown);
      shown = share;
    }
  }
}
