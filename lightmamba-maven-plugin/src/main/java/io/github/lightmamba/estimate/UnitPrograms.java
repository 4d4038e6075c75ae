package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.Block;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import java.util.List;

/**
 * The processes of a memory kernel and its unit as loops over streams: {@code image_reader.hpp} to {@code
 * result_chain.hpp}, in their order.
 */
final class UnitPrograms {
  private static final int TABLE_WORDS = 16;
  private static final int STATE_BEATS = 4;
  private static final List<Access> NONE = List.of();
  private static final int BLOCK_CHANNELS = Schedule.BLOCK_ROWS / 2;

  /** As in {@code selective_scan.hpp}: steps between update and store, and from a store to the update that needs it. */
  private static final int EXPONENT_LATENCY = 24;
  private static final int STORE_LATENCY = 16;

  private final Workload work;
  private final Start start;
  private final Timing timing;
  private final Simulation simulation;
  private final int unit;
  private final Schedule schedule;
  private final ModelShape shape;

  UnitPrograms(Workload work, Start start, Timing timing, Simulation simulation, int unit) {
    this.work = work;
    this.start = start;
    this.timing = timing;
    this.simulation = simulation;
    this.unit = unit;
    this.schedule = work.schedule();
    this.shape = work.shape();
  }

  /**
   * Adds the processes.
   *
   * @param chainIn, chainOut activation chain; @param resultIn, resultOut result chain
   */
  void add(
      MemoryPort port, TimedStream chainIn, TimedStream chainOut, TimedStream resultIn, TimedStream resultOut) {
    int slots = work.design().slots();
    int stateDepth = work.design().stateInMemory() ? 2 * BLOCK_CHANNELS * StateLayout.channelWords(shape, 16) * slots : 2;
    int recordsPerWord = Schedule.WORD_BYTES / schedule.convRecordBytes();
    int scaleBytes = Math.max(
        schedule.scaleBytes(schedule.groups(Segment.SHARED)), schedule.scaleBytes(schedule.groups(Segment.OUT)));
    TimedStream words = simulation.stream("words", 64, 1);
    TimedStream prefetched = simulation.stream("prefetched", Depths.PREFETCH, 1);
    TimedStream records = simulation.stream(
        "records", 2 * ((Schedule.BLOCK_ROWS + recordsPerWord - 1) / recordsPerWord), 1);
    TimedStream gateTable = simulation.stream("gate_table", 2, 1);
    TimedStream scales = simulation.stream("scales", 2 * Schedule.words((long) Schedule.BLOCK_ROWS * scaleBytes), 1);
    TimedStream rows = simulation.stream("rows", 64, 1);
    TimedStream stateWords = simulation.stream("state_words", stateDepth, 1);
    TimedStream mantissas = simulation.stream("mantissas", 16, 1);
    TimedStream rowScales = simulation.stream("row_scales", 16, 1);
    TimedStream vectors = simulation.stream("vectors", 16, 1);
    TimedStream states = simulation.stream("states", 16, 1);
    TimedStream norms = simulation.stream("norms", 16, 1);
    TimedStream products = simulation.stream("products", 16, 1);
    TimedStream convolved = simulation.stream("convolved", 16, 1);
    TimedStream gates = simulation.stream("gates", gateDepth(), 1);
    TimedStream shared = simulation.stream("shared", 16, 1);
    TimedStream x = simulation.stream("x", gateDepth(), 1);
    TimedStream operands = simulation.stream("operands", 16, 1);
    TimedStream channels = simulation.stream("channels", 16, 1);
    TimedStream shifts = simulation.stream("gate_shifts", 2, 1);
    TimedStream y = simulation.stream("y", 16, 1);
    TimedStream newWords = simulation.stream("new_words", 16, 1);
    TimedStream gated = simulation.stream("gated", 16, 1);
    TimedStream projected = simulation.stream("projected", 16, 1);
    TimedStream stateOut = simulation.stream("state_out", 16, 1);
    TimedStream go = simulation.stream("go", 2, 1);
    TimedStream done = simulation.stream("done", 2, 1);

    simulation.process("read_image", readImage(port, words, go));
    simulation.process("write_state", writeState(port, stateOut, done));
    simulation.process("prefetch_words", prefetch(words, prefetched));
    simulation.process("route_words", route(prefetched, records, gateTable, scales, rows, stateWords));
    simulation.process("unpack_scales", unpack(scales, mantissas, rowScales));
    simulation.process("receive_activations", receive(chainIn, chainOut, vectors, states, go));
    simulation.process("multiply", multiply(vectors, rows, mantissas, norms, products));
    simulation.process("requantize", requantize(norms, products, rowScales, convolved, gates, projected));
    simulation.process("convolve", convolve(convolved, records, shared, x));
    simulation.process("prepare_scan", prepare(states, x, operands, channels, shifts));
    simulation.process("selective_scan", scan(operands, channels, stateWords, y, newWords));
    simulation.process("gate", gate(gateTable, shifts, gates, y, gated));
    simulation.process("send_state", sendState(newWords, stateOut));
    simulation.process("send_results", send(resultIn, shared, gated, projected, done, resultOut));
  }

  private int gateDepth() {
    return Depths.CHANNELS * work.design().lanes();
  }

  private int layerState(int layer) {
    return (int) StateLayout.unitWords(shape, schedule.units(), unit, new byte[][] {work.stateBits()[layer]});
  }

  private boolean loads(int step) {
    return work.design().stateInMemory() && !(start.reset() && step == 0);
  }

  private int channelBlocks() {
    return (schedule.channels().rounds() + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS;
  }

  private int blockRounds(int block) {
    return Math.min(BLOCK_CHANNELS, schedule.channels().rounds() - block * BLOCK_CHANNELS);
  }

  private List<Phase> readImage(MemoryPort port, TimedStream words, TimedStream go) {
    Program program = new Program(timing);
    Phase.MemoryUse read = new Phase.MemoryUse(port, false);
    List<Access> out = List.of(Access.each(words));
    program.loop("DELIVER_WORD", TABLE_WORDS, NONE, out, read);
    for (int step = 0; step < start.plan().steps(); step++) {
      boolean waits = step > 0;
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("DELIVER_WORD", schedule.segmentWords(Segment.SHARED), NONE, out, read);
        List<Block> blocks = schedule.blocks(Segment.CHANNELS);
        for (int block = 0; block < blocks.size(); block++) {
          program.loop("DELIVER_WORD", blocks.get(block).words(), NONE, out, read);
          int state = StateLayout.blockWords(schedule, unit, work.stateBits()[layer], block) * start.sequences();
          if (loads(step) && state > 0) {
            if (waits) {
              program.once("go", go, null);
              waits = false;
            }
            program.loop("DELIVER_WORD", state, NONE, out, read);
          }
        }
        program.loop("DELIVER_WORD", schedule.segmentWords(Segment.OUT), NONE, out, read);
      }
      if (start.logits(step) > 0) {
        program.loop("DELIVER_WORD", schedule.segmentWords(Segment.HEAD), NONE, out, read);
      }
      if (waits) {
        program.once("go", go, null);
      }
    }
    return program.phases();
  }

  private List<Phase> writeState(MemoryPort port, TimedStream stateOut, TimedStream done) {
    Program program = new Program(timing);
    Phase.MemoryUse write = new Phase.MemoryUse(port, true, STATE_BEATS);
    for (int step = 0; step < start.plan().steps(); step++) {
      if (work.design().stateInMemory()) {
        for (int layer = 0; layer < shape.layers(); layer++) {
          for (int block = 0; block < channelBlocks(); block++) {
            int state = StateLayout.blockWords(schedule, unit, work.stateBits()[layer], block) * start.sequences();
            program.loop("WRITE_BEAT", (long) STATE_BEATS * state, List.of(Access.each(stateOut)), NONE, write);
          }
        }
      }
      program.once("done", stateOut, done);
    }
    return program.phases();
  }

  private long stepWords(int step) {
    long words = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      words += loads(step) ? (long) layerState(layer) * start.sequences() : 0;
    }
    long layer = schedule.segmentWords(Segment.SHARED) + schedule.segmentWords(Segment.CHANNELS)
        + schedule.segmentWords(Segment.OUT);
    return words + shape.layers() * layer + (start.logits(step) > 0 ? schedule.segmentWords(Segment.HEAD) : 0);
  }

  private List<Phase> prefetch(TimedStream words, TimedStream prefetched) {
    Program program = new Program(timing);
    long total = TABLE_WORDS;
    for (int step = 0; step < start.plan().steps(); step++) {
      total += stepWords(step);
    }
    return program
        .loop("PREFETCH_WORD", total, List.of(Access.each(words)), List.of(Access.each(prefetched)))
        .phases();
  }

  private List<Phase> route(
      TimedStream words, TimedStream records, TimedStream table, TimedStream scales, TimedStream rows, TimedStream state) {
    Program program = new Program(timing);
    List<Access> in = List.of(Access.each(words));
    program.loop("ROUTE_TABLE", TABLE_WORDS, in, List.of(Access.each(records), Access.each(table)));
    for (int step = 0; step < start.plan().steps(); step++) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
          List<Block> blocks = schedule.blocks(segment);
          for (int block = 0; block < blocks.size(); block++) {
            routeBlock(program, in, blocks.get(block), records, scales, rows);
            if (segment == Segment.CHANNELS && loads(step)) {
              int count = StateLayout.blockWords(schedule, unit, work.stateBits()[layer], block) * start.sequences();
              program.loop("MOVE_STATE", count, in, List.of(Access.each(state)));
            }
          }
        }
      }
      if (start.logits(step) > 0) {
        schedule.blocks(Segment.HEAD).forEach(block -> routeBlock(program, in, block, records, scales, rows));
      }
    }
    return program.phases();
  }

  private static void routeBlock(
      Program program, List<Access> in, Block block, TimedStream records, TimedStream scales, TimedStream rows) {
    program.loop("MOVE_WORD", block.recordWords(), in, List.of(Access.each(records)));
    program.loop("MOVE_WORD", block.scaleWords(), in, List.of(Access.each(scales)));
    program.loop("MOVE_WORD", block.weightWords(), in, List.of(Access.each(rows)));
  }

  /** Mantissas a row: one item a weight word, or a weight group if that is longer. */
  private int mantissaSteps(Segment segment) {
    int bits = segment == Segment.HEAD ? schedule.headBits() : schedule.weightBits();
    int group = segment == Segment.OUT ? schedule.innerGroup() : schedule.modelGroup();
    int weights = 512 / bits;
    int inWord = group >= weights ? 1 : weights / group;
    return (schedule.groups(segment) + inWord - 1) / inWord;
  }

  private List<Phase> unpack(TimedStream scales, TimedStream mantissas, TimedStream rowScales) {
    Program program = new Program(timing);
    for (int step = 0; step < start.plan().steps(); step++) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
          unpackSegment(program, segment, scales, mantissas, rowScales);
        }
      }
      if (start.logits(step) > 0) {
        unpackSegment(program, Segment.HEAD, scales, mantissas, rowScales);
      }
    }
    return program.phases();
  }

  private void unpackSegment(
      Program program, Segment segment, TimedStream scales, TimedStream mantissas, TimedStream rowScales) {
    int steps = mantissaSteps(segment);
    for (Block block : schedule.blocks(segment)) {
      long iterations = (long) block.rows() * steps;
      // A word of scales serves several steps: spread evenly over the block.
      long every = Math.max(1, iterations / block.scaleWords());
      long even = Math.min(block.scaleWords(), (iterations + every - 1) / every);
      program.loop(
          "UNPACK_STEP",
          even * every > iterations ? iterations : even * every,
          List.of(Access.first(scales, every)),
          List.of(Access.each(mantissas), Access.last(rowScales, steps)));
      long rest = iterations - Math.min(iterations, even * every);
      program.loop("UNPACK_STEP", rest, NONE, List.of(Access.each(mantissas), new Access(rowScales, steps,
          (steps - 1 - (even * every) % steps + steps) % steps)));
    }
  }

  private List<Phase> receive(
      TimedStream in, TimedStream out, TimedStream vectors, TimedStream states, TimedStream go) {
    Program program = new Program(timing);
    List<Access> from = List.of(Access.each(in));
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int lane = 0; lane < lanes; lane++) {
          program.loop("RECEIVE_WORD", work.modelMessage(false), from, List.of(Access.each(vectors)));
          if (layer == 0 && step > 0 && lane == 0) {
            program.once("go", null, go);
          }
        }
        for (int lane = 0; lane < lanes; lane++) {
          program.loop("RECEIVE_WORD", work.stateMessage(), from, List.of(Access.each(states)));
        }
        for (int lane = 0; lane < lanes; lane++) {
          program.loop("RECEIVE_WORD", work.innerMessage(), from, List.of(Access.each(vectors)));
        }
      }
      for (int lane = 0; lane < start.logits(step); lane++) {
        program.loop("RECEIVE_WORD", work.modelMessage(true), from, List.of(Access.each(vectors)));
      }
    }
    return program.once("closing word", in, out).phases();
  }

  private List<Phase> multiply(
      TimedStream vectors, TimedStream rows, TimedStream mantissas, TimedStream norms, TimedStream products) {
    Program program = new Program(timing);
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        load(program, "in_proj", vectors, norms, lanes, shape.model(), work.activationBits());
        multiplyRows(program, Segment.SHARED, rows, mantissas, products);
        multiplyRows(program, Segment.CHANNELS, rows, mantissas, products);
        load(program, "out_proj", vectors, norms, lanes, shape.inner(), work.activationBits());
        multiplyRows(program, Segment.OUT, rows, mantissas, products);
      }
      if (start.logits(step) > 0) {
        load(program, "head", vectors, norms, start.logits(step), shape.model(), 8);
        multiplyRows(program, Segment.HEAD, rows, mantissas, products);
      }
    }
    return program.phases();
  }

  private void load(
      Program program, String what, TimedStream vectors, TimedStream norms, int lanes, int length, int bits) {
    for (int lane = 0; lane < lanes; lane++) {
      program.once("wait for " + what, vectors, norms);
      program.loop("LOAD_EXPONENTS", work.exponentWords(length), List.of(Access.each(vectors)), NONE);
      program.loop(
          "LOAD_VALUES", Schedule.words((long) length * bits / Byte.SIZE), List.of(Access.each(vectors)), NONE);
    }
  }

  private void multiplyRows(
      Program program, Segment segment, TimedStream rows, TimedStream mantissas, TimedStream products) {
    int rowWords = schedule.rowWords(segment);
    int steps = mantissaSteps(segment);
    program.loop(
        "MULTIPLY_WORD",
        (long) schedule.rows(segment) * rowWords,
        List.of(Access.each(rows), Access.first(mantissas, Math.max(1, rowWords / steps))),
        List.of(Access.last(products, rowWords)));
  }

  private List<Phase> requantize(
      TimedStream norms,
      TimedStream products,
      TimedStream rowScales,
      TimedStream convolved,
      TimedStream gates,
      TimedStream projected) {
    Program program = new Program(timing);
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("REQUANTIZE_NORM", lanes, List.of(Access.each(norms)), NONE);
        List<Access> in = List.of(Access.first(products, lanes), Access.first(rowScales, lanes));
        program.loop(
            "REQUANTIZE_ROW", (long) schedule.rows(Segment.SHARED) * lanes, in, List.of(Access.each(convolved)));
        for (int pair = 0; pair < schedule.channels().rounds(); pair++) {
          program.loop("REQUANTIZE_ROW", lanes, in, List.of(Access.each(convolved)));
          program.loop("REQUANTIZE_ROW", lanes, in, List.of(Access.each(gates)));
        }
        program.loop("REQUANTIZE_NORM", lanes, List.of(Access.each(norms)), NONE);
        program.loop("REQUANTIZE_ROW", (long) schedule.rows(Segment.OUT) * lanes, in, List.of(Access.each(projected)));
      }
      int heads = start.logits(step);
      if (heads > 0) {
        program.loop("REQUANTIZE_NORM", heads, List.of(Access.each(norms)), NONE);
        program.loop(
            "REQUANTIZE_ROW",
            (long) schedule.rows(Segment.HEAD) * heads,
            List.of(Access.first(products, heads), Access.first(rowScales, heads)),
            List.of(Access.each(projected)));
      }
    }
    return program.phases();
  }

  private List<Phase> convolve(TimedStream convolved, TimedStream records, TimedStream shared, TimedStream x) {
    Program program = new Program(timing);
    program.loop("SILU_TABLE", TABLE_WORDS, List.of(Access.each(records)), NONE);
    int recordsPerWord = Schedule.WORD_BYTES / schedule.convRecordBytes();
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        entries(program, schedule.rows(Segment.SHARED), Schedule.BLOCK_ROWS, recordsPerWord, lanes, convolved, records,
            shared);
        entries(program, schedule.channels().rounds(), BLOCK_CHANNELS, recordsPerWord, lanes, convolved, records, x);
      }
    }
    return program.phases();
  }

  private static void entries(
      Program program,
      int rounds,
      int block,
      int recordsPerWord,
      int lanes,
      TimedStream in,
      TimedStream records,
      TimedStream out) {
    for (int first = 0; first < rounds; first += block) {
      int count = Math.min(block, rounds - first);
      program.loop(
          "CONVOLVE_ENTRY",
          (long) count * lanes,
          List.of(Access.each(in), Access.first(records, (long) recordsPerWord * lanes)),
          List.of(Access.each(out)));
    }
  }

  private List<Phase> prepare(
      TimedStream states, TimedStream x, TimedStream operands, TimedStream channels, TimedStream shifts) {
    Program program = new Program(timing);
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int lane = 0; lane < lanes; lane++) {
          long words = 1 + 2L * work.operandWords();
          List<Access> out =
              lane == 0
                  ? List.of(Access.each(operands), Access.first(shifts, words))
                  : List.of(Access.each(operands));
          program.loop("PREPARE_OPERAND", words, List.of(Access.each(states)), out);
          for (int w = 0; w < work.headRecordWords(); w++) {
            program.loop("PREPARE_HEAD", 4, List.of(Access.first(states, 4)), NONE);
          }
        }
        for (int block = 0; block < channelBlocks(); block++) {
          long items = (long) blockRounds(block) * lanes;
          program.loop("PREPARE_TAKE", items, List.of(Access.each(x)), NONE);
          program.loop("PREPARE_GIVE", items, NONE, List.of(Access.each(channels)));
        }
      }
    }
    return program.phases();
  }

  private List<Phase> scan(
      TimedStream operands, TimedStream channels, TimedStream stateWords, TimedStream y, TimedStream newWords) {
    Program program = new Program(timing);
    int lanesWide = Math.min(work.design().scanLanes(), shape.stateGroup());
    int steps = shape.state() / lanesWide;
    int skew = shape.stateGroup() / lanesWide - 1 + EXPONENT_LATENCY;
    int stepsPerWord = Schedule.WORD_BYTES / lanesWide;
    boolean inMemory = work.design().stateInMemory();
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      boolean chained = start.sequences() == 1 && lanes > 1;
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int lane = 0; lane < lanes; lane++) {
          program.once("SSM message", operands, null);
          for (int w = 0; w < 2 * work.operandWords(); w++) {
            program.loop("LOAD_STEP", stepsPerWord, List.of(Access.first(operands, stepsPerWord)), NONE);
          }
        }
        for (int block = 0; block < channelBlocks(); block++) {
          int rounds = blockRounds(block);
          int period = chained ? Math.max(rounds * steps, skew + STORE_LATENCY) : rounds * steps;
          int words = StateLayout.blockWords(schedule, unit, work.stateBits()[layer], block);
          for (int lane = 0; lane < lanes; lane++) {
            boolean reads = loads(step) && (start.sequences() > 1 || lane == 0);
            boolean writes = inMemory && (start.sequences() > 1 || lane == lanes - 1);
            scanLane(program, channels, stateWords, y, newWords, rounds, steps, reads ? words : 0, writes ? words : 0);
            program.loop("SCAN_CHANNELS", period - (long) rounds * steps, NONE, NONE);
          }
        }
      }
      program.once("closing", null, newWords);
    }
    return program.phases();
  }

  /** The words of a lane's block are taken and given evenly over its steps. */
  private static void scanLane(
      Program program,
      TimedStream channels,
      TimedStream stateWords,
      TimedStream y,
      TimedStream newWords,
      int rounds,
      int steps,
      int reads,
      int writes) {
    int words = Math.max(reads, writes);
    List<Access> in = new java.util.ArrayList<>(List.of(Access.first(channels, steps)));
    List<Access> out = new java.util.ArrayList<>(List.of(Access.last(y, steps)));
    long iterations = (long) rounds * steps;
    if (words == 0) {
      program.loop("SCAN_CHANNELS", iterations, in, out);
      return;
    }
    long every = Math.max(1, iterations / words);
    if (reads > 0) {
      in.add(Access.first(stateWords, every));
    }
    if (writes > 0) {
      out.add(Access.last(newWords, every));
    }
    long covered = Math.min(iterations, every * words);
    program.loop("SCAN_CHANNELS", covered, in, out);
    if (covered < iterations) {
      program.loop(
          "SCAN_CHANNELS",
          iterations - covered,
          List.of(new Access(channels, steps, Math.floorMod(-covered, (long) steps))),
          List.of(new Access(y, steps, Math.floorMod(steps - 1 - covered, (long) steps))));
    }
  }

  private List<Phase> gate(
      TimedStream table, TimedStream shifts, TimedStream gates, TimedStream y, TimedStream gated) {
    Program program = new Program(timing);
    program.loop("SILU_TABLE", TABLE_WORDS, List.of(Access.each(table)), NONE);
    for (int step = 0; step < start.plan().steps(); step++) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.once("gate shift", shifts, null);
        for (int block = 0; block < channelBlocks(); block++) {
          long items = (long) blockRounds(block) * start.active(step);
          program.loop("GATE_TAKE", items, List.of(Access.each(gates)), NONE);
          program.loop("GATE_CHANNEL", items, List.of(Access.each(y)), List.of(Access.each(gated)));
        }
      }
    }
    return program.phases();
  }

  private List<Phase> sendState(TimedStream newWords, TimedStream stateOut) {
    Program program = new Program(timing);
    for (int step = 0; step < start.plan().steps(); step++) {
      long words = 0;
      if (work.design().stateInMemory()) {
        for (int layer = 0; layer < shape.layers(); layer++) {
          words += (long) layerState(layer) * start.sequences();
        }
      }
      program.loop(
          "STATE_BEAT",
          STATE_BEATS * words,
          List.of(Access.first(newWords, STATE_BEATS)),
          List.of(Access.each(stateOut)));
      program.once("closing", newWords, stateOut);
    }
    return program.phases();
  }

  private List<Phase> send(
      TimedStream in,
      TimedStream shared,
      TimedStream gated,
      TimedStream projected,
      TimedStream done,
      TimedStream out) {
    Program program = new Program(timing);
    program.once("opening beat", in, out);
    for (int step = 0; step < start.plan().steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        rounds(program, shared, out, (long) schedule.rows(Segment.SHARED) * lanes);
        rounds(program, gated, out, (long) schedule.channels().rounds() * lanes);
        rounds(program, projected, out, (long) schedule.rows(Segment.OUT) * lanes);
      }
      program.once("fence", done, out);
      rounds(program, projected, out, (long) schedule.rows(Segment.HEAD) * start.logits(step));
    }
    return program.phases();
  }

  private void rounds(Program program, TimedStream own, TimedStream out, long count) {
    program.loop(
        "SEND_BEAT",
        count * work.roundBeats(),
        List.of(Access.first(own, work.roundBeats())),
        List.of(Access.each(out)));
  }
}
