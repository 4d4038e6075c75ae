package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.Block;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The processes of a memory kernel as loops over streams: {@code image_reader.hpp} and {@code state_writer.hpp}. */
final class MemoryPrograms {
  /** kWritesAhead: pieces of state whose responses may be outstanding when the next one is written. */
  static final int WRITES_AHEAD = 3;

  private static final List<Access> NONE = List.of();

  private final UnitRun run;
  private final Timing timing;

  MemoryPrograms(UnitRun run, Timing timing) {
    this.run = run;
    this.timing = timing;
  }

  List<Phase> readImage(MemoryPort port, TimedStream words, TimedStream go) {
    Program program = new Program(timing);
    Phase.MemoryUse read = Phase.MemoryUse.read(port);
    List<Access> out = List.of(Access.each(words));
    countState(program, port);
    program.loop("DELIVER_WORD", UnitRun.TABLE_WORDS, NONE, out, read);
    for (int step = 0; step < run.steps(); step++) {
      boolean waits = step > 0;
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        program.loop("DELIVER_WORD", run.schedule().segmentWords(Segment.SHARED), NONE, out, read);
        List<Block> blocks = run.blocks(Segment.CHANNELS);
        for (int block = 0; block < blocks.size(); block++) {
          program.loop("DELIVER_WORD", blocks.get(block).words(), NONE, out, read);
          int state = run.blockState(layer, block) * run.start().sequences();
          if (run.loads(step, layer) && state > 0) {
            if (waits) {
              // The state is asked for behind the go: its latency shows.
              program.wait("go", go, null, BoardTimes.memoryLatency(run.work().hertz()));
              waits = false;
            }
            program.loop("DELIVER_WORD", state, NONE, out, read);
          }
        }
        program.loop("DELIVER_WORD", run.schedule().segmentWords(Segment.OUT), NONE, out, read);
      }
      if (run.start().logits(step) > 0) {
        program.loop("DELIVER_WORD", run.schedule().segmentWords(Segment.HEAD), NONE, out, read);
      }
      if (waits) {
        program.once("go", go, null);
      }
    }
    return program.phases();
  }

  /** Header and widths of the state, and the words of every block. */
  private void countState(Program program, MemoryPort port) {
    program.use("header", Phase.MemoryUse.read(port));
    int layers = run.shape().layers();
    long widths = Schedule.words((long) layers * run.shape().heads());
    for (int layer = 0; layer < layers; layer++) {
      // The loop reads them where it needs them.
      for (long word = widths * layer / layers; word < widths * (layer + 1) / layers; word++) {
        program.use("widths", Phase.MemoryUse.read(port));
      }
      program.loop("COUNT_ROUND", run.schedule().channels().rounds(), NONE, NONE);
    }
  }

  List<Phase> writeState(MemoryPort port, TimedStream stateOut, TimedStream done) {
    Program program = new Program(timing);
    long words = 0;
    for (int step = 0; step < run.steps(); step++) {
      Deque<Long> pending = new ArrayDeque<>();
      for (int layer = 0; layer < run.shape().layers(); layer++) {
        int pieces = run.stores(layer) ? run.channelBlocks() * run.start().sequences() : 0;
        for (int piece = 0; piece < pieces; piece++) {
          if (pending.size() == WRITES_AHEAD) {
            program.use("await_responses", Phase.MemoryUse.response(port, pending.remove()));
          }
          int state = run.blockState(layer, piece / run.start().sequences());
          words += state;
          Phase.MemoryUse write = Phase.MemoryUse.write(port, UnitRun.STATE_BEATS, words);
          program.loop(
              "WRITE_BEAT", (long) UnitRun.STATE_BEATS * state, List.of(Access.each(stateOut)), NONE, write);
          pending.add(words);
        }
      }
      program.once("closing", stateOut, null)
          .use("await_responses", Phase.MemoryUse.response(port, words))
          .once("done", null, done);
    }
    return program.phases();
  }
}
