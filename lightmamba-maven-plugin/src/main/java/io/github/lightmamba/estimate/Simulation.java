package io.github.lightmamba.estimate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Processes and streams of a design, run to the end of their programs in simulated time. */
final class Simulation {
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
    boolean moved = true;
    while (moved) {
      moved = false;
      for (TimedProcess process : processes) {
        moved |= process.advance();
      }
    }
    if (!processes.stream().allMatch(TimedProcess::done)) {
      throw new IllegalStateException(
          "the design stands still: "
              + processes.stream().filter(p -> !p.done()).map(TimedProcess::place).collect(Collectors.joining("; ")));
    }
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

  List<TimedProcess> processes() {
    return List.copyOf(processes);
  }
}
