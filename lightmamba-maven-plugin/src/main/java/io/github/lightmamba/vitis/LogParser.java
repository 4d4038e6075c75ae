package io.github.lightmamba.vitis;

import io.github.lightmamba.vitis.LogEvent.Severity;
import io.github.lightmamba.vitis.LogEvent.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code v++} prints, line by line, while it prints. Lines that say nothing of interest give no event; a
 * message is known by its number and not by the tool in front of it, because {@code v++}, {@code HLS} and {@code VPL}
 * print the same ones. Every pattern takes time linear in the line. Not thread-safe.
 */
public final class LogParser {
  /** Longer lines are read up to here. */
  private static final int MAX_LINE = 8192;

  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\s*(INFO|WARNING|CRITICAL WARNING|ERROR): \\[([A-Za-z][A-Za-z0-9_+]*)[ -]([0-9][0-9-]*)\\] ?(.*)");

  /** Bootgen, which packaging calls, has a form of its own. */
  private static final Pattern BOOTGEN = Pattern.compile("\\[(WARNING|ERROR)] *: ?(.*)");

  private static final Pattern PHASE = Pattern.compile("Run (\\w+): Step (\\w+): (Started|Completed|Failed)");
  private static final Pattern FINISHED = Pattern.compile("Run (\\w+): FINISHED\\. Run Status: (.+)");
  private static final Pattern JOBS =
      Pattern.compile("synthesis in progress, (\\d{1,6}) of (\\d{1,6}) jobs complete, (\\d{1,6}) jobs? running");
  private static final Pattern TASK =
      Pattern.compile(
          "Finished (\\d{1,4})\\w\\w of (\\d{1,4}) tasks \\(([^)]*)\\)\\. Elapsed time: (\\d+h \\d+m \\d+s)");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})h (\\d{1,2})m (\\d{1,2})s");
  private static final Pattern CLOCK = Pattern.compile("\\((\\w+)\\) clock: (\\S+) = ([0-9.]+)");
  private static final Pattern LOWERED =
      Pattern.compile("targeting ([0-9.]+) MHz for kernel clock '([^']+)'.*? automatically changed to ([0-9.]+) MHz");
  private static final Pattern INFERRED = Pattern.compile("Inferring mapping for argument (\\S+) to (\\S+)");
  private static final Pattern VIOLATION =
      Pattern.compile("The II Violation in module '([^']+)' \\((?:loop|function) '([^']+)'\\): (.*)");
  private static final Pattern INTERVAL = Pattern.compile("\\(II = (\\d{1,9})\\)");
  private static final Pattern PIPELINED =
      Pattern.compile(
          "Target II = (\\d{1,9}|NA), Final II = (\\d{1,9}), Depth = (\\d{1,9})(?:, (?:loop|function) '([^']+)')?");
  private static final Pattern FMAX = Pattern.compile("Estimated Fmax: ([0-9.]+) MHz");
  private static final Pattern SLACK = Pattern.compile("\\s*system clock: ([^;]+); slack: (-?[0-9.]+) ns.*");
  private static final Pattern COPIED = Pattern.compile("to the output xclbin: (\\S.*)");
  private static final Pattern GENERATED = Pattern.compile("Generated output file (\\S.*)");
  private static final Pattern REGION = Pattern.compile("(SLR\\d+) was \\w+ for compute unit (\\S+), and verified");
  private static final Pattern PATH = Pattern.compile("\\s+([A-Z][A-Za-z ]{2,40}): (\\S.*)");

  private boolean inPaths;

  /** Makes a parser for one log. */
  public LogParser() {}

  /**
   * Reads a line.
   *
   * @param text the line, without its end
   * @return what it says, in this order; most often nothing
   */
  public List<LogEvent> accept(String text) {
    String line = text.length() <= MAX_LINE ? text : text.substring(0, MAX_LINE);
    List<LogEvent> events = new ArrayList<>(1);
    Matcher message = MESSAGE.matcher(line);
    if (message.matches()) {
      inPaths = false;
      message(message, events);
    } else if (inPaths && path(line, events)) {
      return events;
    } else {
      inPaths = false;
      Matcher slack = SLACK.matcher(line);
      Matcher bootgen = BOOTGEN.matcher(line);
      if (bootgen.matches()) {
        events.add(new LogEvent.Message(Severity.valueOf(bootgen.group(1)), "Bootgen", "", bootgen.group(2)));
      } else if (slack.matches()) {
        number(slack.group(2)).ifPresent(ns -> events.add(new LogEvent.ClockSlack(slack.group(1), ns)));
      } else {
        ToolBanner.first(line).ifPresent(banner -> events.add(new LogEvent.ToolStarted(banner)));
      }
    }
    progress(line, events);
    return events;
  }

  private boolean path(String line, List<LogEvent> events) {
    Matcher matcher = PATH.matcher(line);
    if (matcher.matches()) {
      events.add(new LogEvent.ReportPath(matcher.group(1), matcher.group(2).strip()));
      return true;
    }
    return false;
  }

  private static void progress(String line, List<LogEvent> events) {
    if (line.contains("Run ")) {
      Matcher phase = PHASE.matcher(line);
      if (phase.find()) {
        State state = State.valueOf(phase.group(3).toUpperCase(Locale.ROOT));
        events.add(new LogEvent.Phase(phase.group(1), phase.group(2), state));
      }
      Matcher finished = FINISHED.matcher(line);
      if (finished.find()) {
        events.add(new LogEvent.RunFinished(finished.group(1), finished.group(2).strip()));
      }
    }
    Matcher jobs = JOBS.matcher(line);
    if (line.contains("jobs complete") && jobs.find()) {
      events.add(new LogEvent.Jobs(integer(jobs, 1), integer(jobs, 2), integer(jobs, 3)));
    }
    Matcher task = TASK.matcher(line);
    if (line.contains(" tasks (") && task.find()) {
      events.add(new LogEvent.Task(integer(task, 1), integer(task, 2), task.group(3), duration(task.group(4))));
    }
  }

  private void message(Matcher message, List<LogEvent> events) {
    Severity severity = Severity.valueOf(message.group(1).replace(' ', '_'));
    String number = message.group(3);
    String text = message.group(4);
    if (severity != Severity.INFO) {
      events.add(new LogEvent.Message(severity, message.group(2), number, text));
    }
    switch (number) {
      case "60-586" -> {
        if (text.startsWith("Created ")) {
          events.add(new LogEvent.Created(text.substring("Created ".length()).strip()));
        }
      }
      case "60-2460" -> {
        // Packaging does not say "Created".
        Matcher copied = COPIED.matcher(text);
        if (copied.find()) {
          events.add(new LogEvent.Created(copied.group(1).strip()));
        }
      }
      case "200-802" -> {
        // What --mode hls says of its .xo.
        Matcher generated = GENERATED.matcher(text);
        if (generated.find()) {
          events.add(new LogEvent.Created(generated.group(1).strip()));
        }
      }
      case "60-1306", "60-1307" -> inPaths = true;
      case "60-791" -> {
        if (DURATION.matcher(text).find()) {
          events.add(new LogEvent.Elapsed(duration(text)));
        }
      }
      case "60-1230" -> clocks(text, events);
      case "60-732" -> lowered(text, events);
      case "60-2331" -> {
        Matcher region = REGION.matcher(text);
        if (region.find()) {
          events.add(new LogEvent.RegionVerified(region.group(2), region.group(1)));
        }
      }
      case "83-2226" -> {
        Matcher inferred = INFERRED.matcher(text);
        if (inferred.find()) {
          events.add(new LogEvent.InferredMapping(inferred.group(1), inferred.group(2)));
        }
      }
      default -> synthesis(number, text, events);
    }
  }

  private static void clocks(String text, List<LogEvent> events) {
    List<LogEvent.SelectedClock> clocks = new ArrayList<>();
    Matcher clock = CLOCK.matcher(text);
    while (clock.find()) {
      number(clock.group(3))
          .ifPresent(mhz -> clocks.add(new LogEvent.SelectedClock(clock.group(1), clock.group(2), mhz)));
    }
    if (!clocks.isEmpty()) {
      events.add(new LogEvent.ClocksSelected(List.copyOf(clocks)));
    }
  }

  private static void lowered(String text, List<LogEvent> events) {
    Matcher lowered = LOWERED.matcher(text);
    if (lowered.find()) {
      var asked = number(lowered.group(1));
      var selected = number(lowered.group(3));
      if (asked.isPresent() && selected.isPresent()) {
        events.add(new LogEvent.ClockLowered(lowered.group(2), asked.getAsDouble(), selected.getAsDouble()));
      }
    }
  }

  private static void synthesis(String number, String text, List<LogEvent> events) {
    // Each reason has a number of its own: 200-880 dependence, 200-885 memory ports, and more.
    Matcher violation = VIOLATION.matcher(text);
    if (violation.lookingAt()) {
      Matcher interval = INTERVAL.matcher(violation.group(3));
      OptionalInt possible = interval.find() ? OptionalInt.of(integer(interval, 1)) : OptionalInt.empty();
      events.add(
          new LogEvent.IntervalViolation(violation.group(1), violation.group(2), possible, violation.group(3)));
      return;
    }
    switch (number) {
      case "200-1470" -> {
        Matcher pipelined = PIPELINED.matcher(text);
        if (pipelined.find()) {
          OptionalInt target =
              pipelined.group(1).equals("NA") ? OptionalInt.empty() : OptionalInt.of(integer(pipelined, 1));
          String loop = pipelined.group(4) == null ? "" : pipelined.group(4);
          events.add(new LogEvent.Pipelined(loop, target, integer(pipelined, 2), integer(pipelined, 3)));
        }
      }
      case "200-790" -> {
        if (text.contains("Loop Constraint Status")) {
          events.add(new LogEvent.LoopConstraints(!text.contains("NOT")));
        }
      }
      case "200-789" -> {
        Matcher fmax = FMAX.matcher(text);
        if (fmax.find()) {
          number(fmax.group(1)).ifPresent(mhz -> events.add(new LogEvent.EstimatedFmax(mhz)));
        }
      }
      default -> {
        // A number without a meaning here.
      }
    }
  }

  private static int integer(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static OptionalDouble number(String text) {
    // A sentence may end with the figure, and with it a full stop.
    String figure = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return Figures.number(figure);
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    return matcher.find()
        ? Duration.ofHours(integer(matcher, 1)).plusMinutes(integer(matcher, 2)).plusSeconds(integer(matcher, 3))
        : Duration.ZERO;
  }
}
