package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.Block;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import java.util.List;

/**
 * A start on one unit: the counts that several of its processes share.
 *
 * @param work model and design
 * @param start what it does
 * @param unit which unit
 */
record UnitRun(Workload work, Start start, int unit) {
  /** Words of the SiLU table. */
  static final int TABLE_WORDS = 16;

  /** Beats of a state word. */
  static final int STATE_BEATS = 4;

  static final int BLOCK_CHANNELS = Schedule.BLOCK_ROWS / 2;

  ModelShape shape() {
    return work.shape();
  }

  Schedule schedule() {
    return work.schedule();
  }

  int steps() {
    return start.plan().steps();
  }

  int lanes(int step) {
    return start.active(step);
  }

  /** Whether the state of a layer is in the memory: several sequences leave nothing on chip. */
  boolean stores(int layer) {
    return start.sequences() > 1 || layer >= work.keptLayers();
  }

  /** Whether a step reads the state of a layer from memory. */
  boolean loads(int step, int layer) {
    return stores(layer) && !(start.reset() && step == 0);
  }

  int channelBlocks() {
    return (schedule().channels().rounds() + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS;
  }

  int blockRounds(int block) {
    return Math.min(BLOCK_CHANNELS, schedule().channels().rounds() - block * BLOCK_CHANNELS);
  }

  /** Words of the mantissas of a block of one sequence. */
  int blockMantissas(int layer, int block) {
    return StateLayout.blockWords(schedule(), unit, work.stateBits()[layer], block);
  }

  /** Words of the contexts of a block of one sequence; 0 where it has no channel. */
  int blockContexts(int block) {
    return block < StateLayout.blocks(shape(), schedule().units(), unit) ? StateLayout.contextWords(shape()) : 0;
  }

  /** Words of the state of a block of one sequence. */
  int blockState(int layer, int block) {
    return blockContexts(block) + blockMantissas(layer, block);
  }

  /** Words of the state of a layer of one sequence. */
  int layerState(int layer) {
    byte[][] bits = {work.stateBits()[layer]};
    return Math.toIntExact(StateLayout.slotWords(shape(), schedule().units(), unit, bits));
  }

  /** Words that a step reads from memory. */
  long readWords(int step) {
    long words = start.logits(step) > 0 ? schedule().segmentWords(Segment.HEAD) : 0;
    for (int layer = 0; layer < shape().layers(); layer++) {
      words += loads(step, layer) ? (long) layerState(layer) * start.sequences() : 0;
    }
    long layer = 0;
    for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
      layer += schedule().segmentWords(segment);
    }
    return words + shape().layers() * layer;
  }

  /** Blocks of a segment. */
  List<Block> blocks(Segment segment) {
    return schedule().blocks(segment);
  }
}
