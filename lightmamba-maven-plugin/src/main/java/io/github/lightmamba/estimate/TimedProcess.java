package io.github.lightmamba.estimate;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A process of the kernels on its way through its loops, as far as its streams let it. */
final class TimedProcess {
  private final String name;
  private final Iterator<Phase> program;
  private Phase phase;
  private long iteration;
  /** When the next iteration may start; when the last result of the phase is out. */
  private double next;
  private double drained;
  private final Map<String, Usage> usages = new LinkedHashMap<>();

  /** Cycles of a loop: in which it started iterations, and in which it waited for a stream or a memory. */
  static final class Usage {
    private double worked;
    private double waited;

    double worked() {
      return worked;
    }

    double waited() {
      return waited;
    }
  }

  /**
   * Creates a process.
   *
   * @param name of the process in the kernels
   * @param program its loops in order
   */
  TimedProcess(String name, Iterator<Phase> program) {
    this.name = name;
    this.program = program;
  }

  String name() {
    return name;
  }

  /** Goes on until a stream or the end stops it; returns whether anything happened. */
  boolean advance() {
    boolean moved = false;
    while (true) {
      if (phase == null) {
        if (!program.hasNext()) {
          return moved;
        }
        phase = program.next();
        iteration = 0;
        next = Math.max(next, drained);
        moved = true;
      }
      while (iteration < phase.iterations()) {
        if (!iterate()) {
          return moved;
        }
        moved = true;
      }
      phase = null;
    }
  }

  private boolean iterate() {
    double start = next;
    List<Access> reads = phase.reads();
    for (int i = 0; i < reads.size(); i++) {
      Access access = reads.get(i);
      if (access.in(iteration)) {
        if (!access.stream().readable()) {
          return false;
        }
        start = Math.max(start, access.stream().readableAt());
      }
    }
    Phase.MemoryUse memory = phase.memory() != null && phase.memory().in(iteration) ? phase.memory() : null;
    if (memory != null && !memory.write()) {
      start = Math.max(start, memory.port().readAt());
    }
    double end = start + phase.depth();
    List<Access> writes = phase.writes();
    for (int i = 0; i < writes.size(); i++) {
      Access access = writes.get(i);
      if (access.in(iteration)) {
        if (!access.stream().writable()) {
          return false;
        }
        end = Math.max(end, access.stream().writableAt());
      }
    }
    // A full FIFO stalls the whole pipeline.
    start = end - phase.depth();
    for (int i = 0; i < reads.size(); i++) {
      Access access = reads.get(i);
      if (access.in(iteration)) {
        access.stream().read(start);
      }
    }
    for (int i = 0; i < writes.size(); i++) {
      Access access = writes.get(i);
      if (access.in(iteration)) {
        access.stream().write(end);
      }
    }
    if (memory != null) {
      if (memory.write()) {
        end = Math.max(end, memory.port().write(end));
      } else {
        memory.port().read(start);
      }
    }
    Usage usage = usages.computeIfAbsent(phase.loop(), loop -> new Usage());
    usage.waited += Math.max(0, start - next);
    usage.worked += phase.ii();
    next = start + phase.ii();
    drained = end;
    iteration++;
    return true;
  }

  /** Whether the program has ended. */
  boolean done() {
    return phase == null && !program.hasNext();
  }

  /** Returns when the last result was out, cycles. */
  double time() {
    return Math.max(next, drained);
  }

  /** Returns the cycles by loop. */
  Map<String, Usage> usages() {
    return usages;
  }

  /** Returns where it stands, for the message about a standstill. */
  String place() {
    return phase == null ? name + " (ended)" : name + " in " + phase.loop() + ", iteration " + iteration;
  }
}
