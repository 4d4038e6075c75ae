package io.github.lightmamba.estimate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Processes and streams of a design, run to the end of their programs in simulated time.
 *
 * <p>Streams make the order of the processes irrelevant. Where two processes share a memory it is not; so all of them
 * go forward together, a short stretch of time at a time.
 */
final class Simulation {
  private static final double STRETCH = 64;

  private final List<TimedProcess> processes = new ArrayList<>();
  private final Map<String, TimedStream> streams = new LinkedHashMap<>();

  TimedStream stream(String name, int depth, double latency) {
    TimedStream stream = new TimedStream(name, depth, latency);
    if (streams.putIfAbsent(name, stream) != null) {
      throw new IllegalStateException("two streams named " + name);
    }
    return stream;
  }

  void process(String name, Iterable<Phase> program) {
    processes.add(new TimedProcess(name, program.iterator()));
  }

  /**
   * Runs to the end.
   *
   * @throws IllegalStateException if all processes wait for each other, with the place of each
   */
  void run() {
    List<TimedProcess> open = new ArrayList<>(processes);
    double horizon = STRETCH;
    while (!open.isEmpty()) {
      long before = progress();
      double soonest = Double.POSITIVE_INFINITY;
      for (var iterator = open.iterator(); iterator.hasNext();) {
        TimedProcess process = iterator.next();
        TimedProcess.Stop stop = process.advance(horizon);
        if (stop == TimedProcess.Stop.ENDED) {
          iterator.remove();
        } else if (stop == TimedProcess.Stop.HORIZON) {
          soonest = Math.min(soonest, process.limitedAt());
        }
      }
      if (progress() != before || open.isEmpty()) {
        continue;
      }
      if (soonest == Double.POSITIVE_INFINITY) {
        throw new IllegalStateException(
            "the design stands still: " + open.stream().map(TimedProcess::place).collect(Collectors.joining("; ")));
      }
      horizon = Math.max(horizon, soonest) + STRETCH;
    }
  }

  private long progress() {
    long sum = 0;
    for (TimedProcess process : processes) {
      sum += process.iterations();
    }
    return sum;
  }

  /** Returns the cycles of the whole run. */
  double cycles() {
    return processes.stream().mapToDouble(TimedProcess::time).max().orElse(0);
  }

  /** Returns the items that passed each stream. */
  Map<String, Long> items() {
    Map<String, Long> items = new LinkedHashMap<>();
    streams.forEach((name, stream) -> items.put(name, stream.items()));
    return items;
  }

  /** Returns how many items each stream holds. */
  Map<String, Integer> depths() {
    Map<String, Integer> depths = new LinkedHashMap<>();
    streams.forEach((name, stream) -> depths.put(name, stream.depth()));
    return depths;
  }

  List<TimedProcess> processes() {
    return List.copyOf(processes);
  }

  TimedProcess process(String name) {
    return processes.stream().filter(process -> process.name().equals(name)).findFirst().orElseThrow();
  }
}
