package io.github.lightmamba.estimate;

import java.util.List;

/**
 * One labelled loop of a process, or a single statement: so many iterations, one started every {@code ii} cycles,
 * results after {@code depth} cycles. A loop ends when its last iteration has left the pipeline.
 *
 * @param loop the label
 * @param iterations how often
 * @param ii initiation interval, cycles; below 1 where a port delivers less than a word a cycle is said by the memory
 * @param depth latency of an iteration, cycles
 * @param reads streams read at the start of an iteration
 * @param writes streams written at its end
 * @param memory the memory that serves one word an iteration, or null
 */
record Phase(
    String loop, long iterations, double ii, int depth, List<Access> reads, List<Access> writes, MemoryUse memory) {
  static Phase of(String loop, long iterations, double ii, int depth, List<Access> reads, List<Access> writes) {
    return new Phase(loop, iterations, ii, depth, reads, writes, null);
  }

  /**
   * A memory and a direction.
   *
   * @param port the memory
   * @param write whether words are written
   * @param every a word in the last of so many iterations
   */
  record MemoryUse(MemoryPort port, boolean write, int every) {
    MemoryUse(MemoryPort port, boolean write) {
      this(port, write, 1);
    }

    boolean in(long iteration) {
      return every == 1 || iteration % every == every - 1;
    }
  }
}
