package io.github.lightmamba.bitstream;

import io.github.lightmamba.progress.Activity;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.LogEvent;
import java.util.Locale;
import java.util.function.Consumer;

/** Says how far a step is: a line for each phase and task with the time since the start, and what goes on now. */
final class StepVoice implements Consumer<LogEvent>, AutoCloseable {
  private final String step;
  private final Progress progress;
  private final Activity activity;

  StepVoice(String step, Progress progress) {
    this.step = step;
    this.progress = progress;
    this.activity = progress.activity(step);
  }

  @Override
  public void accept(LogEvent event) {
    if (event instanceof LogEvent.Phase phase) {
      String what = phase.step() + " " + phase.state().name().toLowerCase(Locale.ROOT);
      if (phase.state() == LogEvent.State.STARTED) {
        activity.at(what);
      } else {
        activity.milestone(what);
      }
    } else if (event instanceof LogEvent.Jobs jobs) {
      activity.at(jobs.complete() + " of " + jobs.total() + " jobs of synthesis done");
    } else if (event instanceof LogEvent.Task task) {
      activity.milestone("task " + task.number() + " of " + task.total() + " done, " + task.name());
    } else if (event instanceof LogEvent.EstimatedFmax fmax) {
      activity.milestone(String.format(Locale.ROOT, "synthesis estimates %.0f MHz", fmax.megahertz()));
    } else if (event instanceof LogEvent.ClockLowered lowered) {
      progress.warn(
          String.format(
              Locale.ROOT, "%s: the clock %s was lowered from %.0f to %.1f MHz", step, lowered.clock(),
              lowered.askedMegahertz(), lowered.megahertz()));
    }
  }

  /** Says that the step is done. */
  void done(double seconds) {
    progress.info(step + ": done after " + ConsoleProgress.time((long) (seconds * 1e9)));
  }

  @Override
  public void close() {
    activity.close();
  }
}
