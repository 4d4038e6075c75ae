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
    return loop(label, iterations, reads, writes, null);
  }

  /** Adds a labelled loop that uses a memory. */
  Program loop(String label, long iterations, List<Access> reads, List<Access> writes, Phase.MemoryUse memory) {
    if (iterations > 0) {
      Timing.Loop loop = timing.loop(label);
      phases.add(new Phase(label, iterations, loop.ii(), loop.depth(), reads, writes, memory));
    }
    return this;
  }

  /** Adds a single statement outside the loops: one item from one stream to another, either may be missing. */
  Program once(String what, TimedStream from, TimedStream to) {
    phases.add(
        Phase.of(
            what,
            1,
            1,
            1,
            from == null ? List.of() : List.of(Access.each(from)),
            to == null ? List.of() : List.of(Access.each(to))));
    return this;
  }

  List<Phase> phases() {
    return phases;
  }
}
