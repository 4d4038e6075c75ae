package io.github.lightmamba.estimate;

import java.util.ArrayList;
import java.util.List;

/** Writes down the loops of a process, with the times of the contract. */
final class Program {
  private final Timing timing;
  private final List<Phase> phases = new ArrayList<>();

  Program(Timing timing) {
    this.timing = timing;
  }

  /** Adds a labelled loop. */
  Program loop(String label, long iterations, List<Access> reads, List<Access> writes) {
    return loop(label, label, iterations, reads, writes, null);
  }

  /** Adds a labelled loop that uses a memory. */
  Program loop(String label, long iterations, List<Access> reads, List<Access> writes, Phase.MemoryUse memory) {
    return loop(label, label, iterations, reads, writes, memory);
  }

  /** Adds a labelled loop whose time is counted as a part of its own. */
  Program loop(
      String label,
      String part,
      long iterations,
      List<Access> reads,
      List<Access> writes,
      Phase.MemoryUse memory) {
    if (iterations > 0) {
      Timing.Loop loop = timing.loop(label);
      phases.add(new Phase(part, iterations, loop.ii(), loop.depth(), reads, writes, memory));
    }
    return this;
  }

  /**
   * Adds a stretch of a loop that does not drain before the next one.
   *
   * @param depth latency of its iterations
   * @param first whether it begins the loop
   */
  Program stretch(
      String label, long iterations, int depth, List<Access> reads, List<Access> writes, boolean first) {
    if (iterations > 0) {
      phases.add(new Phase(label, iterations, timing.loop(label).ii(), depth, reads, writes, null, !first));
    }
    return this;
  }

  /** Adds a single statement outside the loops: one item from one stream to another, either may be missing. */
  Program once(String what, TimedStream from, TimedStream to) {
    return wait(what, from, to, 1);
  }

  /** Adds a single statement that takes so many cycles. */
  Program wait(String what, TimedStream from, TimedStream to, int cycles) {
    phases.add(Phase.of(what, 1, 1, cycles, one(from), one(to)));
    return this;
  }

  /** Adds a single statement that uses a memory. */
  Program use(String what, Phase.MemoryUse memory) {
    phases.add(new Phase(what, 1, 1, 1, List.of(), List.of(), memory));
    return this;
  }

  private static List<Access> one(TimedStream stream) {
    return stream == null ? List.of() : List.of(Access.each(stream));
  }

  List<Phase> phases() {
    return phases;
  }
}
