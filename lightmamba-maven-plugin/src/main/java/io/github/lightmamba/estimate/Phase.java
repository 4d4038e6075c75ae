package io.github.lightmamba.estimate;

import java.util.List;

/**
 * One labelled loop of a process, or a single statement: so many iterations, one started every {@code ii} cycles,
 * results after {@code depth} cycles. A loop ends when its last iteration has left the pipeline.
 *
 * @param part what it is for, in words; times are counted by it
 * @param iterations how often
 * @param ii initiation interval, cycles
 * @param depth latency of an iteration, cycles
 * @param reads streams read at the start of an iteration
 * @param writes streams written at its end
 * @param memory the memory that serves an iteration, or null
 * @param follows whether it goes on with the loop of the phase before, whose results it does not wait for
 */
record Phase(
    String part,
    long iterations,
    double ii,
    int depth,
    List<Access> reads,
    List<Access> writes,
    MemoryUse memory,
    boolean follows) {
  Phase(
      String part, long iterations, double ii, int depth, List<Access> reads, List<Access> writes, MemoryUse memory) {
    this(part, iterations, ii, depth, reads, writes, memory, false);
  }

  static Phase of(String part, long iterations, double ii, int depth, List<Access> reads, List<Access> writes) {
    return new Phase(part, iterations, ii, depth, reads, writes, null);
  }

  /** What a loop does with a memory. */
  enum Use {
    /** Takes a word. */
    READ,
    /** Gives a word. */
    WRITE,
    /** Waits until the memory has acknowledged all words given. */
    ACKNOWLEDGE
  }

  /**
   * A memory and what is done with it.
   *
   * @param port the memory
   * @param use direction
   * @param every a word in the last of so many iterations
   */
  record MemoryUse(MemoryPort port, Use use, int every) {
    static MemoryUse read(MemoryPort port) {
      return new MemoryUse(port, Use.READ, 1);
    }

    static MemoryUse write(MemoryPort port, int every) {
      return new MemoryUse(port, Use.WRITE, every);
    }

    static MemoryUse acknowledge(MemoryPort port) {
      return new MemoryUse(port, Use.ACKNOWLEDGE, 1);
    }

    boolean in(long iteration) {
      return every == 1 || iteration % every == every - 1;
    }
  }
}
