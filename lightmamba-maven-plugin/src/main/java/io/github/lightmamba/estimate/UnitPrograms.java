package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.Block;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import java.util.List;

/**
 * The processes of a unit as loops over streams, in their order: {@code word_router.hpp} to {@code result_chain.hpp};
 * those that work on channels are in {@link ChannelPrograms}, those of its memory kernel in {@link MemoryPrograms}.
 */
final class UnitPrograms {
  /** What the multiplier waits for or does, for the phases of a token. */
  static final String NEXT_TOKEN = "next token";

  static final String BEFORE_IN = "wait before in_proj";
  static final String IN = "in_proj";
  static final String BEFORE_OUT = "wait before out_proj";
  static final String OUT = "out_proj";
  static final String BEFORE_HEAD = "wait before head";
  static final String HEAD = "head";

  private static final int HEAD_ACTIVATION_BITS = 8;
  private static final List<Access> NONE = List.of();

  private final UnitRun run;
  private final Workload work;
  private final Start start;
  private final Timing timing;
  private final Simulation simulation;
  private final Schedule schedule;
  private final ModelShape shape;

  UnitPrograms(UnitRun run, Timing timing, Simulation simulation) {
    this.run = run;
    this.work = run.work();
    this.start = run.start();
    this.timing = timing;
    this.simulation = simulation;
    this.schedule = work.schedule();
    this.shape = work.shape();
  }

  /**
   * Adds the processes.
   *
   * @param port the memory
   * @param far cycles of the links between memory kernel and unit
   * @param chainIn activation chain from the core; its end is {@code chainOut}
   * @param resultIn result chain from the core; its end is {@code resultOut}
   */
  void add(
      MemoryPort port, int far, TimedStream chainIn, TimedStream chainOut, TimedStream resultIn,
      TimedStream resultOut) {
    int lanes = work.design().lanes();
    int blockState = UnitRun.BLOCK_CHANNELS * StateLayout.channelWords(shape, Short.SIZE);
    int stateDepth = 2 * blockState * work.design().slots();
    int contextDepth = Math.max(2, StateLayout.contextWords(shape) * work.design().slots());
    int recordsPerWord = Schedule.WORD_BYTES / schedule.convRecordBytes();
    int scaleBytes =
        Math.max(
            schedule.scaleBytes(schedule.groups(Segment.SHARED)), schedule.scaleBytes(schedule.groups(Segment.OUT)));
    TimedStream words = simulation.stream("words", Depths.WORDS, far);
    TimedStream prefetched = simulation.stream("prefetched", Depths.PREFETCH, 1);
    TimedStream records =
        simulation.stream("records", 2 * ((Schedule.BLOCK_ROWS + recordsPerWord - 1) / recordsPerWord), 1);
    TimedStream gateTable = simulation.stream("gate_table", 2, 1);
    TimedStream scales = simulation.stream("scales", 2 * Schedule.words((long) Schedule.BLOCK_ROWS * scaleBytes), 1);
    TimedStream rows = simulation.stream("rows", Depths.PREFETCH, 1);
    TimedStream contexts = simulation.stream("contexts", contextDepth, 1);
    TimedStream stateWords = simulation.stream("state_words", stateDepth, 1);
    TimedStream mantissas = simulation.stream("mantissas", Depths.VALUES, 1);
    TimedStream rowScales = simulation.stream("row_scales", Depths.VALUES, 1);
    TimedStream vectors = simulation.stream("vectors", Depths.MESSAGE, 1);
    TimedStream states = simulation.stream("states", Depths.MESSAGE, 1);
    TimedStream norms = simulation.stream("norms", lanes, 1);
    TimedStream products = simulation.stream("products", Depths.VALUES, 1);
    TimedStream convolved = simulation.stream("convolved", 2 * UnitRun.BLOCK_CHANNELS * lanes, 1);
    TimedStream gates = simulation.stream("gates", Depths.CHANNELS * lanes, 1);
    TimedStream shared = simulation.stream("shared", Depths.VALUES, 1);
    TimedStream x = simulation.stream("x", Depths.CHANNELS * lanes, 1);
    TimedStream operands = simulation.stream("operands", Depths.MESSAGE, 1);
    TimedStream channels = simulation.stream("channels", UnitRun.BLOCK_CHANNELS * lanes, 1);
    TimedStream shifts = simulation.stream("gate_shifts", 2, 1);
    TimedStream y = simulation.stream("y", Depths.VALUES, 1);
    TimedStream newWords = simulation.stream("new_words", Math.max(16, blockState), 1);
    TimedStream newContexts = simulation.stream("new_contexts", Depths.VALUES, 1);
    TimedStream gated = simulation.stream("gated", Depths.VALUES, 1);
    TimedStream projected = simulation.stream("projected", Depths.VALUES, 1);
    TimedStream stateOut = simulation.stream("state_out", Depths.MESSAGE, far);
    TimedStream go = simulation.stream("go", Depths.SIGNAL, far);
    TimedStream done = simulation.stream("done", Depths.SIGNAL, far);

    MemoryPrograms memory = new MemoryPrograms(run, timing);
    ChannelPrograms own = new ChannelPrograms(run, timing);
    simulation.process("read_image", memory.readImage(port, words, go));
    simulation.process("write_state", memory.writeState(port, stateOut, done));
    simulation.process("prefetch_words", prefetch(words, prefetched));
    simulation.process("route_words", route(prefetched, records, gateTable, scales, rows, contexts, stateWords));
    simulation.process("unpack_scales", unpack(scales, mantissas, rowScales));
    simulation.process("receive_activations", receive(chainIn, chainOut, vectors, states, go));
    simulation.process("multiply", multiply(vectors, rows, mantissas, norms, products));
    simulation.process("requantize", requantize(norms, products, rowScales, convolved, gates, projected));
    simulation.process("convolve", own.convolve(convolved, records, contexts, shared, x));
    simulation.process("prepare_scan", own.prepare(states, x, operands, channels, shifts));
    simulation.process("selective_scan", own.scan(operands, channels, stateWords, y, newWords, newContexts));
    simulation.process("gate", own.gate(gateTable, shifts, gates, y, gated));
    simulation.process("send_state", own.sendState(newWords, newContexts, stateOut));
    simulation.process("send_results", send(resultIn, shared, gated, projected, done, resultOut));
  }

  private List<Phase> prefetch(TimedStream words, TimedStream prefetched) {
    long total = UnitRun.TABLE_WORDS;
    for (int step = 0; step < run.steps(); step++) {
      total += run.readWords(step);
    }
    return new Program(timing)
        .loop("PREFETCH_WORD", total, List.of(Access.each(words)), List.of(Access.each(prefetched)))
        .phases();
  }

  private List<Phase> route(
      TimedStream words, TimedStream records, TimedStream table, TimedStream scales, TimedStream rows,
      TimedStream contexts, TimedStream state) {
    Program program = new Program(timing);
    List<Access> in = List.of(Access.each(words));
    program.loop("ROUTE_TABLE", UnitRun.TABLE_WORDS, in, List.of(Access.each(records), Access.each(table)));
    for (int step = 0; step < run.steps(); step++) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
          List<Block> blocks = schedule.blocks(segment);
          for (int block = 0; block < blocks.size(); block++) {
            routeBlock(program, in, blocks.get(block), records, scales, rows);
            int pieces = segment == Segment.CHANNELS && run.loads(step, layer) ? start.sequences() : 0;
            for (int piece = 0; piece < pieces; piece++) {
              program.loop("MOVE_WORD", run.blockContexts(block), in, List.of(Access.each(contexts)));
              program.loop("MOVE_STATE", run.blockMantissas(layer, block), in, List.of(Access.each(state)));
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

  /** Items of mantissas of a row: one for a weight word, or for a weight group if that is longer. */
  private int mantissaSteps(Segment segment) {
    int bits = segment == Segment.HEAD ? schedule.headBits() : schedule.weightBits();
    int group = segment == Segment.OUT ? schedule.innerGroup() : schedule.modelGroup();
    int inWord = Math.max(1, Schedule.WORD_BYTES * Byte.SIZE / bits / group);
    return (schedule.groups(segment) + inWord - 1) / inWord;
  }

  private List<Phase> unpack(TimedStream scales, TimedStream mantissas, TimedStream rowScales) {
    Program program = new Program(timing);
    for (int step = 0; step < run.steps(); step++) {
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
      program.loop(
          "UNPACK_STEP",
          iterations,
          List.of(Access.ahead(scales, block.scaleWords(), iterations)),
          List.of(Access.each(mantissas), Access.last(rowScales, steps)));
    }
  }

  private List<Phase> receive(
      TimedStream in, TimedStream out, TimedStream vectors, TimedStream states, TimedStream go) {
    Program program = new Program(timing);
    List<Access> from = List.of(Access.each(in));
    for (int step = 0; step < run.steps(); step++) {
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
    int activations = work.activationBits();
    for (int step = 0; step < run.steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        String before = layer == 0 && step > 0 ? NEXT_TOKEN : BEFORE_IN;
        load(program, before, vectors, norms, lanes, shape.model(), schedule.weightBits(), activations);
        multiplyRows(program, IN, Segment.SHARED, lanes, rows, mantissas, products);
        multiplyRows(program, IN, Segment.CHANNELS, lanes, rows, mantissas, products);
        load(program, BEFORE_OUT, vectors, norms, lanes, shape.inner(), schedule.weightBits(), activations);
        multiplyRows(program, OUT, Segment.OUT, lanes, rows, mantissas, products);
      }
      int heads = start.logits(step);
      if (heads > 0) {
        load(program, BEFORE_HEAD, vectors, norms, heads, shape.model(), schedule.headBits(), HEAD_ACTIVATION_BITS);
        multiplyRows(program, HEAD, Segment.HEAD, heads, rows, mantissas, products);
      }
    }
    return program.phases();
  }

  private void load(
      Program program, String part, TimedStream vectors, TimedStream norms, int lanes, int length, int weightBits,
      int activationBits) {
    for (int lane = 0; lane < lanes; lane++) {
      program.once(part, vectors, norms);
      program.loop("LOAD_EXPONENTS", part, work.exponentWords(length), List.of(Access.each(vectors)), NONE, null);
      int words = Schedule.words((long) length * activationBits / Byte.SIZE);
      // A weight word of 4 bits takes two words of activations of 8 bits.
      int perWord = activationBits > weightBits ? 2 : 1;
      long cycles = (long) perWord * Schedule.words((long) length * weightBits / Byte.SIZE);
      program.loop("LOAD_VALUES", part, cycles, List.of(Access.ahead(vectors, words, cycles)), NONE, null);
    }
  }

  private void multiplyRows(
      Program program, String part, Segment segment, int lanes, TimedStream rows, TimedStream mantissas,
      TimedStream products) {
    int rowWords = schedule.rowWords(segment);
    long count = schedule.rows(segment);
    int held = work.design().cyclesPerWord(lanes);
    long cycles = count * rowWords * held;
    program.loop(
        "MULTIPLY_WORD",
        part,
        cycles,
        List.of(Access.first(rows, held), Access.ahead(mantissas, count * mantissaSteps(segment), cycles)),
        List.of(Access.last(products, (long) rowWords * held)),
        null);
  }

  private List<Phase> requantize(
      TimedStream norms,
      TimedStream products,
      TimedStream rowScales,
      TimedStream convolved,
      TimedStream gates,
      TimedStream projected) {
    Program program = new Program(timing);
    int depth = timing.loop("REQUANTIZE_ROW").depth();
    for (int step = 0; step < run.steps(); step++) {
      int lanes = start.active(step);
      List<Access> in = List.of(Access.first(products, lanes), Access.first(rowScales, lanes));
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("REQUANTIZE_NORM", lanes, List.of(Access.each(norms)), NONE);
        program.loop(
            "REQUANTIZE_ROW", (long) schedule.rows(Segment.SHARED) * lanes, in, List.of(Access.each(convolved)));
        for (int pair = 0; pair < schedule.channels().rounds(); pair++) {
          program.stretch("REQUANTIZE_ROW", lanes, depth, in, List.of(Access.each(convolved)), pair == 0);
          program.stretch("REQUANTIZE_ROW", lanes, depth, in, List.of(Access.each(gates)), false);
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

  private List<Phase> send(
      TimedStream in,
      TimedStream shared,
      TimedStream gated,
      TimedStream projected,
      TimedStream done,
      TimedStream out) {
    Program program = new Program(timing);
    program.once("opening beat", in, out);
    for (int step = 0; step < run.steps(); step++) {
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
