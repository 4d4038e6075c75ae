package io.github.lightmamba.vitis;

import io.github.lightmamba.vitis.LogEvent.Severity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * What a log has said so far, in bounded memory: give it each line as it comes, ask it at the end. Not thread-safe.
 */
public final class LogDigest implements Consumer<String> {
  private static final int MOST = 10_000; // of each kind of event
  private static final int MOST_EVIDENCE = 400;
  private static final int EVIDENCE_CHARS = 600;
  private static final int CONTEXT = 2;

  private final LogParser parser = new LogParser();
  private final Consumer<LogEvent> listener;
  private final Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
  private final List<String> created = new ArrayList<>();
  private final List<LogEvent.Phase> failedPhases = new ArrayList<>();
  private final List<LogEvent.SelectedClock> clocks = new ArrayList<>();
  private final List<LogEvent.ClockLowered> lowered = new ArrayList<>();
  private final List<LogEvent.InferredMapping> inferred = new ArrayList<>();
  private final List<LogEvent.ClockSlack> slacks = new ArrayList<>();
  private final List<LogEvent.IntervalViolation> violations = new ArrayList<>();
  private final List<LogEvent.Pipelined> pipelined = new ArrayList<>();
  private final Map<String, String> reports = new LinkedHashMap<>();
  private final List<String> evidence = new ArrayList<>();
  private final List<Integer> evidenceStarts = new ArrayList<>();
  private final Deque<String> before = new ArrayDeque<>();
  private int following;
  private boolean inBanner;
  private ToolBanner banner;
  private boolean standIn;
  private OptionalDouble fmax = OptionalDouble.empty();
  private boolean constraintsMissed;

  /** Makes a digest that nobody listens to. */
  public LogDigest() {
    this(event -> {});
  }

  /**
   * Makes a digest.
   *
   * @param listener is given each event, for a voice that tells how far the step is
   */
  public LogDigest(Consumer<LogEvent> listener) {
    this.listener = listener;
  }

  @Override
  public void accept(String line) {
    List<LogEvent> events = parser.accept(line);
    banner(line, events);
    boolean grave = false;
    for (LogEvent event : events) {
      grave |= keep(event);
    }
    collect(line, grave || FailureRules.recognise(line));
    events.forEach(listener); // Last: if the listener fails, the line has been kept.
  }

  private void banner(String line, List<LogEvent> events) {
    if (!events.isEmpty() && events.get(0) instanceof LogEvent.ToolStarted started) {
      inBanner = banner == null;
      banner = inBanner ? started.banner() : banner;
    } else if (inBanner && line.strip().startsWith("**")) {
      banner = banner.with(line);
    } else {
      inBanner &= line.isBlank();
    }
    standIn |= line.contains(ToolBanner.STAND_IN_MARK);
  }

  /** Keeps an event; returns whether it is grave enough to be evidence of a failure. */
  private boolean keep(LogEvent event) {
    if (event instanceof LogEvent.Message message) {
      counts.merge(message.severity(), 1, Integer::sum);
      return message.severity().compareTo(Severity.CRITICAL_WARNING) >= 0;
    } else if (event instanceof LogEvent.Created made) {
      add(created, made.path());
    } else if (event instanceof LogEvent.Phase phase && phase.state() == LogEvent.State.FAILED) {
      add(failedPhases, phase);
    } else if (event instanceof LogEvent.ClocksSelected selected) {
      clocks.clear();
      clocks.addAll(selected.clocks());
    } else if (event instanceof LogEvent.ClockLowered one) {
      add(lowered, one);
    } else if (event instanceof LogEvent.InferredMapping one) {
      add(inferred, one);
    } else if (event instanceof LogEvent.ClockSlack one) {
      add(slacks, one);
      return true;
    } else if (event instanceof LogEvent.IntervalViolation one) {
      add(violations, one);
    } else if (event instanceof LogEvent.Pipelined one) {
      add(pipelined, one);
    } else if (event instanceof LogEvent.ReportPath one && reports.size() < MOST) {
      reports.put(one.title(), one.path());
    } else if (event instanceof LogEvent.EstimatedFmax one) {
      fmax = OptionalDouble.of(one.megahertz());
    } else if (event instanceof LogEvent.LoopConstraints one) {
      constraintsMissed |= !one.satisfied();
    }
    return false;
  }

  private static <T> void add(List<T> list, T value) {
    if (list.size() < MOST) {
      list.add(value);
    }
  }

  /** Keeps what may explain a failure, with the lines around it; the first causes the rest, so the first are kept. */
  private void collect(String line, boolean telling) {
    String cut = line.length() <= EVIDENCE_CHARS ? line : line.substring(0, EVIDENCE_CHARS) + "...";
    if (telling && evidence.size() < MOST_EVIDENCE) {
      evidence.addAll(before);
      before.clear();
      evidenceStarts.add(evidence.size());
      evidence.add(cut);
      following = CONTEXT;
    } else if (following > 0) {
      evidence.add(cut);
      following--;
    } else {
      before.addLast(cut);
      if (before.size() > CONTEXT) {
        before.removeFirst();
      }
    }
  }

  /** Returns the first tool that introduced itself. */
  public Optional<ToolBanner> banner() {
    return Optional.ofNullable(banner);
  }

  /** Returns whether the log says that a stand-in wrote it. */
  public boolean standIn() {
    return standIn;
  }

  /** Returns how many messages of a severity there were. */
  public int count(Severity severity) {
    return counts.getOrDefault(severity, 0);
  }

  /** Returns the files that the log says were made. */
  public List<String> created() {
    return Collections.unmodifiableList(created);
  }

  /** Returns the phases that failed, the innermost first. */
  public List<LogEvent.Phase> failedPhases() {
    return Collections.unmodifiableList(failedPhases);
  }

  /** Returns the clocks that were selected after routing; empty before. */
  public List<LogEvent.SelectedClock> clocks() {
    return Collections.unmodifiableList(clocks);
  }

  /** Returns the clocks that were lowered. */
  public List<LogEvent.ClockLowered> lowered() {
    return Collections.unmodifiableList(lowered);
  }

  /** Returns the arguments that were put into a memory that nobody chose. */
  public List<LogEvent.InferredMapping> inferredMappings() {
    return Collections.unmodifiableList(inferred);
  }

  /** Returns the clocks that cannot be lowered and missed their target. */
  public List<LogEvent.ClockSlack> slacks() {
    return Collections.unmodifiableList(slacks);
  }

  /** Returns the loops that missed their initiation interval. */
  public List<LogEvent.IntervalViolation> intervalViolations() {
    return Collections.unmodifiableList(violations);
  }

  /** Returns the results of pipelining. */
  public List<LogEvent.Pipelined> pipelined() {
    return Collections.unmodifiableList(pipelined);
  }

  /** Returns whether a kernel's summary says that a loop missed its constraints. */
  public boolean constraintsMissed() {
    return constraintsMissed;
  }

  /** Returns the frequency that synthesis estimated last, in MHz. */
  public OptionalDouble estimatedFmax() {
    return fmax;
  }

  /** Returns the paths of reports by title, as printed. */
  public Map<String, String> reports() {
    return Collections.unmodifiableMap(reports);
  }

  /** Returns the lines that may explain a failure, and the lines around them. */
  List<String> evidence() {
    return evidence;
  }

  /** Returns the indices in {@link #evidence} of the lines that tell something. */
  List<Integer> evidenceStarts() {
    return evidenceStarts;
  }
}
