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
    /** Waits until the memory has acknowledged so many words given. */
    RESPONSE
  }

  /**
   * A memory and what is done with it.
   *
   * @param port the memory
   * @param use direction
   * @param every a word in the last of so many iterations
   * @param words of all that have ever been given: up to the end of the request, or that have to be acknowledged
   */
  record MemoryUse(MemoryPort port, Use use, int every, long words) {
    static MemoryUse read(MemoryPort port) {
      return new MemoryUse(port, Use.READ, 1, 0);
    }

    static MemoryUse write(MemoryPort port, int every, long words) {
      return new MemoryUse(port, Use.WRITE, every, words);
    }

    static MemoryUse response(MemoryPort port, long words) {
      return new MemoryUse(port, Use.RESPONSE, 1, words);
    }

    boolean in(long iteration) {
      return every == 1 || iteration % every == every - 1;
    }
  }
}
