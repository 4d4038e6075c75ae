package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.RowList;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import java.util.List;

/**
 * The processes of the core as loops over streams, in the order of {@code core.hpp}; those that work on vectors are in
 * {@link VectorPrograms}. The trace is off.
 */
final class CorePrograms {
  private static final List<Access> NONE = List.of();

  private final Workload work;
  private final Start start;
  private final Timing timing;
  private final Simulation simulation;
  private final CoreSizes sizes;
  private final ModelShape shape;
  private final Schedule schedule;

  CorePrograms(Workload work, Start start, Timing timing, Simulation simulation) {
    this.work = work;
    this.start = start;
    this.timing = timing;
    this.simulation = simulation;
    this.sizes = new CoreSizes(work);
    this.shape = work.shape();
    this.schedule = work.schedule();
  }

  /** Adds the processes; {@code port} is the memory of parameters and embedding. */
  void add(
      MemoryPort port, TimedStream activationOut, TimedStream activationIn, TimedStream resultOut,
      TimedStream resultIn) {
    TimedStream parameterWords = simulation.stream("parameter_words", Depths.WORDS, 1);
    TimedStream residualConstants = simulation.stream("residual_constants", 2, 1);
    TimedStream normConstants = simulation.stream("norm_constants", 2, 1);
    TimedStream stateConstants = simulation.stream("state_constants", Depths.MESSAGE, 1);
    TimedStream gatedConstants = simulation.stream("gated_constants", Depths.MESSAGE, 1);
    TimedStream givenIds = simulation.stream("given_ids", Depths.LANES, 1);
    TimedStream decodedIds = simulation.stream("decoded_ids", Depths.LANES, 1);
    TimedStream ids = simulation.stream("ids", Depths.LANES, 1);
    TimedStream outputIds = simulation.stream("output_ids", Depths.LANES, 1);
    TimedStream embeddingRows = simulation.stream("embedding_rows", Depths.MESSAGE, 1);
    TimedStream shared = simulation.stream("core.shared", Depths.VALUES, 1);
    TimedStream gated = simulation.stream("core.gated", Depths.VALUES, 1);
    TimedStream projected = simulation.stream("core.projected", Depths.VALUES, 1);
    TimedStream logits = simulation.stream("logits", Depths.VALUES, 1);
    TimedStream fences = simulation.stream("fences", 2, 1);
    TimedStream vectors = simulation.stream("core.vectors", Depths.VALUES, 1);
    TimedStream normed = simulation.stream("normed", Depths.VALUES, 1);
    TimedStream modelNorms = simulation.stream("model_norms", Depths.LANES, 1);
    TimedStream innerNorms = simulation.stream("inner_norms", Depths.LANES, 1);
    TimedStream weighted = simulation.stream("weighted", Depths.VALUES, 1);
    TimedStream transformed = simulation.stream("transformed", Depths.VALUES, 1);
    TimedStream modelMessage = simulation.stream("model_message", Depths.MESSAGE, 1);
    TimedStream stateMessage = simulation.stream("state_message", Depths.MESSAGE, 1);
    TimedStream innerMessage = simulation.stream("inner_message", Depths.MESSAGE, 1);

    VectorPrograms own = new VectorPrograms(sizes, start, timing);
    simulation.process("open_results", new Program(timing).once("opening beat", null, resultOut).phases());
    simulation.process("read_parameters", readParameters(port, parameterWords));
    simulation.process(
        "route_parameters",
        routeParameters(parameterWords, residualConstants, normConstants, stateConstants, gatedConstants));
    simulation.process("read_tokens", readTokens(givenIds));
    simulation.process("distribute_results", distribute(resultIn, shared, gated, projected, logits, fences));
    simulation.process("argmax", argmax(logits, decodedIds, outputIds));
    simulation.process("write_tokens", writeTokens(outputIds));
    simulation.process("select_tokens", selectTokens(givenIds, decodedIds, ids));
    simulation.process("read_embeddings", readEmbeddings(port, ids, embeddingRows));
    simulation.process("residual", own.residual(residualConstants, embeddingRows, projected, vectors));
    simulation.process("norm_residual", own.norm(normConstants, vectors, normed, modelNorms));
    simulation.process("quantize_model", own.quantizeModel(normed, modelNorms, modelMessage));
    simulation.process("prepare_state", own.prepareState(stateConstants, shared, stateMessage));
    simulation.process("gated_norm", own.gatedNorm(gatedConstants, gated, weighted, innerNorms));
    simulation.process("hadamard", own.hadamard(weighted, transformed));
    simulation.process("quantize_inner", own.quantizeInner(transformed, innerNorms, innerMessage));
    simulation.process("merge_activations", merge(modelMessage, stateMessage, innerMessage, fences, activationOut));
    simulation.process("close_activations", new Program(timing).once("closing word", activationIn, null).phases());
  }

  private int steps() {
    return start.plan().steps();
  }

  private List<Phase> readParameters(MemoryPort port, TimedStream words) {
    Program program = new Program(timing);
    List<Access> out = List.of(Access.each(words));
    Phase.MemoryUse read = Phase.MemoryUse.read(port);
    program.loop("PARAMETER_WORD", sizes.tableWords(), NONE, out, read);
    for (int step = 0; step < steps(); step++) {
      program.loop("PARAMETER_WORD", (long) shape.layers() * sizes.layerWords(), NONE, out, read);
    }
    return program.phases();
  }

  private List<Phase> routeParameters(
      TimedStream words, TimedStream residual, TimedStream norm, TimedStream state, TimedStream gated) {
    Program program = new Program(timing);
    List<Access> in = List.of(Access.each(words));
    program.loop("ROUTE_RSQRT", sizes.rsqrtWords(), in, List.of(Access.each(norm), Access.each(gated)));
    program.loop(
        "ROUTE_PARAMETER_WORD", (long) sizes.exp2Words() + sizes.log1pWords(), in, List.of(Access.each(state)));
    program.loop("ROUTE_PARAMETER_WORD", 1, in, List.of(Access.each(residual), Access.each(norm), Access.each(state)));
    for (int step = 0; step < steps(); step++) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("ROUTE_PARAMETER_WORD", 1, in, List.of(Access.each(state), Access.each(gated)));
        program.loop("ROUTE_PARAMETER_WORD", work.headRecordWords(), in, List.of(Access.each(state)));
        program.loop("ROUTE_PARAMETER_WORD", sizes.gainWords(), in, List.of(Access.each(gated)));
      }
    }
    return program.phases();
  }

  private List<Phase> readTokens(TimedStream given) {
    long count = (long) start.plan().sequences() * (start.plan().decode() ? 1 : start.plan().tokens());
    return new Program(timing).loop("READ_ID", count, NONE, List.of(Access.each(given))).phases();
  }

  private List<Phase> distribute(
      TimedStream in, TimedStream shared, TimedStream gated, TimedStream projected, TimedStream logits,
      TimedStream fences) {
    Program program = new Program(timing);
    program.once("opening beat", in, null);
    for (int step = 0; step < steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        align(program, schedule.shared(), lanes, in, shared);
        align(program, schedule.channels(), lanes, in, gated);
        align(program, schedule.out(), lanes, in, projected);
      }
      program.once("fence", in, fences);
      align(program, schedule.head(), start.logits(step), in, logits);
    }
    return program.phases();
  }

  private void align(Program program, RowList rows, int lanes, TimedStream in, TimedStream out) {
    long beats = (long) rows.rounds() * work.roundBeats() * lanes;
    long whole = (long) rows.entries() / CoreSizes.BEAT * lanes;
    List<Access> to = whole == 0 ? NONE : List.of(Access.behind(out, whole, beats));
    program.loop("ALIGN_BEAT", beats, List.of(Access.each(in)), to);
    if (rows.entries() % CoreSizes.BEAT != 0) {
      program.loop("ALIGN_REST", lanes, NONE, List.of(Access.each(out)));
    }
  }

  private List<Phase> argmax(TimedStream logits, TimedStream decoded, TimedStream output) {
    Program program = new Program(timing);
    for (int step = 0; step < steps(); step++) {
      int heads = start.logits(step);
      program.loop("ARGMAX_BEAT", (long) heads * sizes.logitBeats(), List.of(Access.each(logits)), NONE);
      for (int lane = 0; lane < heads; lane++) {
        program.once("ARGMAX_LANE", null, output);
        if (start.plan().decode() && step < steps() - 1) {
          program.once("ARGMAX_LANE", null, decoded);
        }
      }
    }
    return program.phases();
  }

  private List<Phase> writeTokens(TimedStream output) {
    Program program = new Program(timing);
    for (int step = 0; step < steps(); step++) {
      for (int i = 0; i < start.logits(step); i++) {
        program.once("WRITE_ID", output, null);
      }
    }
    return program.phases();
  }

  private List<Phase> selectTokens(TimedStream given, TimedStream decoded, TimedStream ids) {
    Program program = new Program(timing);
    for (int step = 0; step < steps(); step++) {
      for (int lane = 0; lane < start.active(step); lane++) {
        program.once("SELECT_ID", start.plan().decode() && step > 0 ? decoded : given, ids);
      }
    }
    return program.phases();
  }

  private List<Phase> readEmbeddings(MemoryPort port, TimedStream ids, TimedStream rows) {
    Program program = new Program(timing);
    for (int step = 0; step < steps(); step++) {
      for (int lane = 0; lane < start.active(step); lane++) {
        // The address depends on the id: the memory's latency shows, of which the loop has its share.
        int rest = Math.max(1, BoardTimes.memoryLatency(work.hertz()) - timing.loop("EMBED_WORD").depth());
        program.wait("embedding row", ids, null, rest);
        program.loop(
            "EMBED_WORD", sizes.embeddingWords(), NONE, List.of(Access.each(rows)), Phase.MemoryUse.read(port));
      }
    }
    return program.phases();
  }

  private List<Phase> merge(
      TimedStream model, TimedStream state, TimedStream inner, TimedStream fences, TimedStream out) {
    Program program = new Program(timing);
    List<Access> to = List.of(Access.each(out));
    for (int step = 0; step < steps(); step++) {
      long lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("MERGE_WORD", lanes * work.modelMessage(false), List.of(Access.each(model)), to);
        program.loop("MERGE_WORD", lanes * work.stateMessage(), List.of(Access.each(state)), to);
        program.loop("MERGE_WORD", lanes * work.innerMessage(), List.of(Access.each(inner)), to);
      }
      long heads = start.logits(step);
      program.loop("MERGE_WORD", heads * work.modelMessage(true), List.of(Access.each(model)), to);
      program.once("fence", fences, null);
    }
    return program.once("closing word", null, out).phases();
  }
}
