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
  private Usage usage;
  private long iteration;
  private long iterations;
  /** Up to when time is counted; when the next iteration may start; when the last result of the phase is out. */
  private double counted;
  private double next;
  private double drained;
  /** By access: the next iteration that uses its stream, and the items that it has used. */
  private long[] hits = new long[8];
  private long[] used = new long[8];
  private double limitedAt;
  private final Map<String, Usage> usages = new LinkedHashMap<>();

  /** Cycles of a part of a process: in which it started iterations, in which it waited, and from begin to end. */
  static final class Usage {
    private double worked;
    private double waited;
    private double elapsed;

    double worked() {
      return worked;
    }

    double waited() {
      return waited;
    }

    double elapsed() {
      return elapsed;
    }
  }

  /** Why a process has stopped. */
  enum Stop {
    /** A stream is empty or full. */
    BLOCKED,
    /** It would go beyond the horizon. */
    HORIZON,
    /** Its program is over. */
    ENDED
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

  /** Goes on until a stream, the end, or an iteration behind the horizon stops it. */
  Stop advance(double horizon) {
    while (true) {
      if (phase == null) {
        if (!program.hasNext()) {
          return Stop.ENDED;
        }
        enter(program.next());
      }
      while (iteration < phase.iterations()) {
        Stop stop = iterate(horizon);
        if (stop != null) {
          return stop;
        }
      }
      usage.elapsed += time() - counted;
      counted = time();
      phase = null;
    }
  }

  private void enter(Phase following) {
    phase = following;
    usage = usages.computeIfAbsent(phase.part(), part -> new Usage());
    iteration = 0;
    next = phase.follows() ? next : time();
    int accesses = phase.reads().size() + phase.writes().size();
    if (hits.length < accesses) {
      hits = new long[accesses];
      used = new long[accesses];
    }
    for (int a = 0; a < accesses; a++) {
      used[a] = 0;
      hits[a] = access(a).iterationOf(0);
    }
  }

  private Access access(int index) {
    List<Access> reads = phase.reads();
    return index < reads.size() ? reads.get(index) : phase.writes().get(index - reads.size());
  }

  private Stop iterate(double horizon) {
    double start = next;
    int reads = phase.reads().size();
    int accesses = reads + phase.writes().size();
    for (int a = 0; a < reads; a++) {
      if (hits[a] == iteration) {
        TimedStream stream = phase.reads().get(a).stream();
        if (!stream.readable()) {
          return Stop.BLOCKED;
        }
        start = Math.max(start, stream.readableAt());
      }
    }
    Phase.MemoryUse memory = phase.memory() != null && phase.memory().in(iteration) ? phase.memory() : null;
    if (memory != null && memory.use() == Phase.Use.READ) {
      start = Math.max(start, memory.port().readAt());
    }
    double end = start + phase.depth();
    for (int a = reads; a < accesses; a++) {
      if (hits[a] == iteration) {
        TimedStream stream = phase.writes().get(a - reads).stream();
        if (!stream.writable()) {
          return Stop.BLOCKED;
        }
        end = Math.max(end, stream.writableAt());
      }
    }
    if (memory != null && memory.use() == Phase.Use.WRITE) {
      end = memory.port().writableAt(end);
    }
    // A full FIFO stalls the whole pipeline.
    start = end - phase.depth();
    if (start > horizon) {
      limitedAt = start;
      return Stop.HORIZON;
    }
    for (int a = 0; a < accesses; a++) {
      if (hits[a] == iteration) {
        Access access = access(a);
        if (a < reads) {
          access.stream().read(start);
        } else {
          access.stream().write(end);
        }
        hits[a] = access.iterationOf(++used[a]);
      }
    }
    if (memory != null) {
      switch (memory.use()) {
        case READ -> memory.port().read(start);
        case WRITE -> end = Math.max(end, memory.port().write(end, memory.words()));
        case RESPONSE -> end = memory.port().response(end, memory.words());
      }
    }
    usage.waited += Math.max(0, start - next);
    usage.worked += phase.ii();
    next = start + phase.ii();
    drained = Math.max(drained, end);
    iteration++;
    iterations++;
    return null;
  }

  /** Returns the iterations of all loops so far. */
  long iterations() {
    return iterations;
  }

  /** Returns when the iteration starts that the horizon held back. */
  double limitedAt() {
    return limitedAt;
  }

  /** Returns when the last result was out, cycles. */
  double time() {
    return Math.max(next, drained);
  }

  /** Returns the cycles by part. */
  Map<String, Usage> usages() {
    return usages;
  }

  /** Returns where it stands, for the message about a standstill. */
  String place() {
    return phase == null ? name + " (ended)" : name + " in " + phase.part() + ", iteration " + iteration;
  }
}
