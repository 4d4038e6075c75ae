package io.github.lightmamba.vitis;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** Something that a line of a log says. */
public sealed interface LogEvent {
  /** How grave a message is. */
  enum Severity {
    /** To know. */
    INFO,
    /** To look at. */
    WARNING,
    /** Most often fatal later. */
    CRITICAL_WARNING,
    /** The step will fail. */
    ERROR
  }

  /** What became of a phase. */
  enum State {
    /** It began. */
    STARTED,
    /** It ended well. */
    COMPLETED,
    /** It failed. */
    FAILED
  }

  /**
   * The first line of a tool's banner.
   *
   * @param banner tool and version
   */
  record ToolStarted(ToolBanner banner) implements LogEvent {}

  /**
   * A warning or an error; messages to know are no events.
   *
   * @param severity how grave
   * @param tool who says it, for example {@code v++}, {@code VPL}
   * @param number for example {@code 60-703}; empty for a tool without numbers
   * @param text what it says
   */
  record Message(Severity severity, String tool, String number, String text) implements LogEvent {}

  /**
   * A phase of a link begins or ends.
   *
   * @param run {@code run_link} for the steps of v++, {@code vpl} for those of Vivado inside it
   * @param step for example {@code synth}
   * @param state what became of it
   */
  record Phase(String run, String step, State state) implements LogEvent {}

  /**
   * How far synthesis is.
   *
   * @param complete jobs that are done
   * @param total jobs in all
   * @param running jobs at this moment
   */
  record Jobs(int complete, int total, int running) implements LogEvent {}

  /**
   * A task of the implementation is done.
   *
   * @param number which one, from 1
   * @param total of how many
   * @param name what it was
   * @param elapsed how long it took
   */
  record Task(int number, int total, String name, Duration elapsed) implements LogEvent {}

  /**
   * A run has ended.
   *
   * @param run for example {@code vpl}
   * @param status for example {@code impl Complete!}
   */
  record RunFinished(String run, String status) implements LogEvent {
    /** Returns whether it ended well. */
    public boolean good() {
      return status.contains("Complete");
    }
  }

  /**
   * A file was made; the sign of success of a step.
   *
   * @param path as printed
   */
  record Created(String path) implements LogEvent {}

  /**
   * A clock that was chosen after routing.
   *
   * @param role {@code DATA} and {@code KERNEL} for kernels, {@code SYSTEM} for the platform
   * @param name of the clock
   * @param megahertz its frequency, not the one asked for
   */
  record SelectedClock(String role, String name, double megahertz) {}

  /**
   * The clocks that were chosen after routing. On a card a clock that was missed is lowered, and the build is a
   * success.
   *
   * @param clocks in the order of the log
   */
  record ClocksSelected(List<SelectedClock> clocks) implements LogEvent {}

  /**
   * A clock was lowered because paths failed.
   *
   * @param clock its name
   * @param askedMegahertz what was asked for
   * @param megahertz what it becomes
   */
  record ClockLowered(String clock, double askedMegahertz, double megahertz) implements LogEvent {}

  /**
   * An argument without a mapping was put into a memory that nobody chose.
   *
   * @param argument {@code instance.argument}
   * @param memory for example {@code HBM[0]}
   */
  record InferredMapping(String argument, String memory) implements LogEvent {}

  /**
   * A loop or function did not reach its initiation interval.
   *
   * @param module the module
   * @param loop the loop or function
   * @param interval the interval that is named as possible; nothing, if none is
   * @param reason what the scheduler says
   */
  record IntervalViolation(String module, String loop, OptionalInt interval, String reason) implements LogEvent {}

  /**
   * The result of pipelining.
   *
   * @param loop the loop or function; empty, if the log does not name it
   * @param target the interval asked for; nothing, if none was
   * @param interval the interval reached
   * @param depth stages
   */
  record Pipelined(String loop, OptionalInt target, int interval, int depth) implements LogEvent {}

  /**
   * Whether every loop kept its constraints.
   *
   * @param satisfied the summary of the tool
   */
  record LoopConstraints(boolean satisfied) implements LogEvent {}

  /**
   * The frequency that synthesis estimates; routing decides.
   *
   * @param megahertz the estimate
   */
  record EstimatedFmax(double megahertz) implements LogEvent {}

  /**
   * A clock that cannot be lowered missed its target.
   *
   * @param clock its name
   * @param nanoseconds the slack, negative
   */
  record ClockSlack(String clock, double nanoseconds) implements LogEvent {}

  /**
   * An instance is where it was asked to be.
   *
   * @param instance the instance
   * @param slr the region
   */
  record RegionVerified(String instance, String slr) implements LogEvent {}

  /**
   * Where a report or a log is.
   *
   * @param title for example {@code Timing Report}
   * @param path as printed
   */
  record ReportPath(String title, String path) implements LogEvent {}

  /**
   * The step is at its end.
   *
   * @param time how long it took
   */
  record Elapsed(Duration time) implements LogEvent {}
}
