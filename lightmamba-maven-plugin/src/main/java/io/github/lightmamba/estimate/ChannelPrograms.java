package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.Block;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import java.util.ArrayList;
import java.util.List;

/** The processes of a unit that work on channels: {@code conv1d.hpp} to {@code state_sender.hpp}. */
final class ChannelPrograms {
  private static final List<Access> NONE = List.of();
  private static final int HEADS_PER_WORD = 4;
  private static final int TABLE_ENTRIES = 32;

  /** As in {@code selective_scan.hpp}: steps between update and store, and from a store to the update that needs it. */
  private static final int EXPONENT_LATENCY = 24;

  private static final int STORE_LATENCY = 16;

  private final UnitRun run;
  private final Timing timing;

  ChannelPrograms(UnitRun run, Timing timing) {
    this.run = run;
    this.timing = timing;
  }

  private Program silu(TimedStream words) {
    Program program = new Program(timing);
    for (int word = 0; word < UnitRun.TABLE_WORDS; word++) {
      program.loop("SILU_ENTRY", TABLE_ENTRIES, List.of(Access.first(words, TABLE_ENTRIES)), NONE);
    }
    return program;
  }

  List<Phase> convolve(
      TimedStream convolved, TimedStream records, TimedStream contexts, TimedStream shared, TimedStream x) {
    Program program = silu(records);
    long parts = (long) UnitRun.BLOCK_CHANNELS * contextParts();
    for (int step = 0; step < run.steps(); step++) {
      int lanes = run.lanes(step);
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        boolean first = true;
        for (Block block : run.blocks(Segment.SHARED)) {
          entries(program, block, 1, lanes, convolved, records, shared, first);
          first = false;
        }
        List<Block> blocks = run.blocks(Segment.CHANNELS);
        for (int block = 0; block < blocks.size(); block++) {
          int words = run.blockContexts(block);
          int pieces = run.loads(step, layer) && words > 0 ? run.start().sequences() : 0;
          for (int sequence = 0; sequence < pieces; sequence++) {
            List<Access> taken = List.of(Access.ahead(contexts, words, parts));
            int depth = timing.loop("LOAD_CONTEXT").depth();
            program.stretch("LOAD_CONTEXT", parts, depth, taken, NONE, sequence == 0);
          }
          entries(program, blocks.get(block), 2, lanes, convolved, records, x, true);
        }
      }
    }
    return program.phases();
  }

  /** Words of a context, where it is longer than one: the loops take one an iteration. */
  private int contextParts() {
    return Math.max(1, StateLayout.contextBytes(run.shape()) / Schedule.WORD_BYTES);
  }

  /** One loop over the shared rows, of which a block is a stretch, and one over the x rows of a block. */
  private void entries(
      Program program, Block block, int rowsPerEntry, int lanes, TimedStream in, TimedStream records, TimedStream out,
      boolean first) {
    int recordsPerWord = Schedule.WORD_BYTES / run.schedule().convRecordBytes();
    program.stretch(
        "CONVOLVE_ENTRY",
        (long) block.rows() / rowsPerEntry * lanes,
        timing.loop("CONVOLVE_ENTRY").depth(),
        List.of(Access.each(in), Access.first(records, (long) recordsPerWord * lanes)),
        List.of(Access.each(out)),
        first);
  }

  List<Phase> prepare(
      TimedStream states, TimedStream x, TimedStream operands, TimedStream channels, TimedStream shifts) {
    Program program = new Program(timing);
    for (int step = 0; step < run.steps(); step++) {
      int lanes = run.lanes(step);
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        for (int lane = 0; lane < lanes; lane++) {
          long words = 1 + 2L * run.work().operandWords();
          List<Access> out =
              lane == 0
                  ? List.of(Access.each(operands), Access.first(shifts, words))
                  : List.of(Access.each(operands));
          program.loop("PREPARE_OPERAND", words, List.of(Access.each(states)), out);
          for (int w = 0; w < run.work().headRecordWords(); w++) {
            program.loop("PREPARE_HEAD", HEADS_PER_WORD, List.of(Access.first(states, HEADS_PER_WORD)), NONE);
          }
        }
        for (int block = 0; block < run.channelBlocks(); block++) {
          long items = (long) run.blockRounds(block) * lanes;
          program.loop("PREPARE_TAKE", items, List.of(Access.each(x)), NONE);
          program.loop("PREPARE_GIVE", items, NONE, List.of(Access.each(channels)));
        }
      }
    }
    return program.phases();
  }

  /** The loop over a layer runs through without a drain; what stands at its end is the skew of the store. */
  List<Phase> scan(
      TimedStream operands, TimedStream channels, TimedStream stateWords, TimedStream y, TimedStream newWords,
      TimedStream newContexts) {
    Program program = new Program(timing);
    int lanesWide = Math.min(run.work().design().scanLanes(), run.shape().stateGroup());
    int steps = run.shape().state() / lanesWide;
    int skew = run.shape().stateGroup() / lanesWide - 1 + EXPONENT_LATENCY;
    int stepsPerWord = Schedule.WORD_BYTES / lanesWide;
    boolean many = run.start().sequences() > 1;
    for (int step = 0; step < run.steps(); step++) {
      int lanes = run.lanes(step);
      boolean chained = !many && lanes > 1;
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        for (int lane = 0; lane < lanes; lane++) {
          program.once("SSM message", operands, null);
          for (int w = 0; w < 2 * run.work().operandWords(); w++) {
            program.loop("LOAD_STEP", stepsPerWord, List.of(Access.first(operands, stepsPerWord)), NONE);
          }
        }
        Timing.Loop loop = timing.loop("SCAN_CHANNELS");
        for (int block = 0; block < run.channelBlocks(); block++) {
          int rounds = run.blockRounds(block);
          int words = run.blockMantissas(layer, block);
          long gap = chained ? Math.max(0, skew + STORE_LATENCY - (long) rounds * steps) : 0;
          for (int lane = 0; lane < lanes; lane++) {
            boolean reads = run.loads(step, layer) && (many || lane == 0);
            boolean writes = run.stores(layer) && (many || lane == lanes - 1);
            long iterations = (long) rounds * steps;
            List<Access> in = new ArrayList<>(List.of(Access.first(channels, steps)));
            List<Access> out = new ArrayList<>(List.of(Access.last(y, steps)));
            if (reads && words > 0) {
              in.add(Access.ahead(stateWords, words, iterations));
            }
            if (writes) {
              out.add(Access.last(newContexts, steps));
            }
            if (writes && words > 0) {
              out.add(Access.behind(newWords, words, iterations));
            }
            // The store stands `skew` behind the update: results come that much later.
            boolean first = block == 0 && lane == 0;
            program.stretch("SCAN_CHANNELS", iterations, skew + loop.depth(), in, out, first);
            program.stretch("SCAN_CHANNELS", gap, 0, NONE, NONE, false);
          }
        }
      }
      program.once("closing", null, newWords);
    }
    return program.phases();
  }

  List<Phase> gate(TimedStream table, TimedStream shifts, TimedStream gates, TimedStream y, TimedStream gated) {
    Program program = silu(table);
    for (int step = 0; step < run.steps(); step++) {
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        program.once("gate shift", shifts, null);
        for (int block = 0; block < run.channelBlocks(); block++) {
          long items = (long) run.blockRounds(block) * run.lanes(step);
          program.loop("GATE_TAKE", items, List.of(Access.each(gates)), NONE);
          program.loop("GATE_CHANNEL", items, List.of(Access.each(y)), List.of(Access.each(gated)));
        }
      }
    }
    return program.phases();
  }

  List<Phase> sendState(TimedStream newWords, TimedStream newContexts, TimedStream stateOut) {
    Program program = new Program(timing);
    int parts = contextParts();
    for (int step = 0; step < run.steps(); step++) {
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        for (int block = 0; run.stores(layer) && block < run.channelBlocks(); block++) {
          for (int sequence = 0; sequence < run.start().sequences(); sequence++) {
            Access taken = Access.first(newContexts, parts).upTo(run.blockRounds(block));
            program.loop("PACK_CONTEXT", (long) UnitRun.BLOCK_CHANNELS * parts, List.of(taken), NONE);
            long contextBeats = (long) UnitRun.STATE_BEATS * run.blockContexts(block);
            program.loop(
                "STATE_BEAT",
                (long) UnitRun.STATE_BEATS * run.blockState(layer, block),
                List.of(Access.first(newWords, UnitRun.STATE_BEATS).startingAt(contextBeats)),
                List.of(Access.each(stateOut)));
          }
        }
      }
      program.once("closing", newWords, stateOut);
    }
    return program.phases();
  }
}
