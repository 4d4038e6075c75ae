package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import java.util.ArrayList;
import java.util.List;

/** The processes of the core that work on vectors: {@code residual.hpp} to {@code quantizer.hpp}. */
final class VectorPrograms {
  private static final List<Access> NONE = List.of();
  private static final int PACKED_VALUES = 32;
  private static final int EXPONENT_ROW = 32;
  private static final int TABLE_ENTRIES = 16;

  private final CoreSizes sizes;
  private final Workload work;
  private final Start start;
  private final Timing timing;
  private final ModelShape shape;

  VectorPrograms(CoreSizes sizes, Start start, Timing timing) {
    this.sizes = sizes;
    this.work = sizes.work();
    this.start = start;
    this.timing = timing;
    this.shape = sizes.shape();
  }

  private int steps() {
    return start.plan().steps();
  }

  private Program table(TimedStream constants, int words) {
    Program program = new Program(timing);
    for (int word = 0; word < words; word++) {
      program.loop("TABLE_ENTRY", TABLE_ENTRIES, List.of(Access.first(constants, TABLE_ENTRIES)), NONE);
    }
    return program;
  }

  List<Phase> residual(TimedStream constants, TimedStream rows, TimedStream projected, TimedStream vectors) {
    Program program = new Program(timing).once("constants", constants, null);
    int beats = sizes.modelBeats();
    for (int step = 0; step < steps(); step++) {
      int lanes = start.active(step);
      for (int lane = 0; lane < lanes; lane++) {
        program.loop("RESIDUAL_EMBED", beats, List.of(Access.first(rows, 2)), List.of(Access.each(vectors)));
      }
      for (int layer = 0; layer < shape.layers(); layer++) {
        int used = layer < shape.layers() - 1 ? lanes : start.logits(step);
        List<Access> to = used == 0 ? NONE : List.of(Access.behind(vectors, used, lanes));
        program.loop("RESIDUAL_ADD", (long) lanes * beats, List.of(Access.each(projected)), to);
      }
    }
    return program.phases();
  }

  /** Lanes whose residual is normed and quantized in front of a layer, or of the head. */
  private int vectorLanes(int step, int vector) {
    return vector == shape.layers() ? start.logits(step) : start.active(step);
  }

  List<Phase> norm(TimedStream constants, TimedStream vectors, TimedStream normed, TimedStream norms) {
    Program program = table(constants, sizes.rsqrtWords()).once("constants", constants, null);
    for (int step = 0; step < steps(); step++) {
      for (int vector = 0; vector <= shape.layers(); vector++) {
        int lanes = vectorLanes(step, vector);
        program.loop(
            "NORM_SQUARE",
            (long) lanes * sizes.modelBeats(),
            List.of(Access.each(vectors)),
            List.of(Access.each(normed)));
        program.loop("NORM_LANE", lanes, NONE, List.of(Access.each(norms)));
      }
    }
    return program.phases();
  }

  /** Quantizes vectors whose beats come mixed: takes all of them, then sends all messages in one loop. */
  List<Phase> quantizeModel(TimedStream values, TimedStream norms, TimedStream message) {
    Program program = new Program(timing);
    int length = shape.model();
    int steps = messageSteps(length);
    for (int step = 0; step < steps(); step++) {
      for (int vector = 0; vector <= shape.layers(); vector++) {
        boolean head = vector == shape.layers();
        long lanes = vectorLanes(step, vector);
        program.loop("QUANTIZE_TAKE", lanes * sizes.modelBeats(), List.of(Access.each(values)), NONE);
        program.loop(
            "QUANTIZE_SEND",
            lanes * steps,
            List.of(Access.first(norms, steps)),
            List.of(Access.behind(message, work.modelMessage(head), steps)));
      }
    }
    return program.phases();
  }

  /** Quantizes vectors that come lane after lane: while one arrives, the message of the one before leaves. */
  List<Phase> quantizeInner(TimedStream values, TimedStream norms, TimedStream message) {
    Program program = new Program(timing);
    int takes = (shape.inner() + PACKED_VALUES - 1) / PACKED_VALUES;
    int sends = messageSteps(shape.inner());
    for (int step = 0; step < steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int lane = 0; lane <= lanes; lane++) {
          List<Access> in = new ArrayList<>();
          if (lane < lanes) {
            in.add(Access.until(values, takes));
          }
          if (lane > 0) {
            in.add(Access.first(norms, sends));
          }
          List<Access> out = lane == 0 ? NONE : List.of(Access.behind(message, work.innerMessage(), sends));
          program.loop("QUANTIZE_OVERLAP", lane == 0 ? takes : sends, in, out);
        }
      }
    }
    return program.phases();
  }

  /** Cycles of a message: header, 32 exponents a cycle, 32 values a cycle. */
  private int messageSteps(int length) {
    int groups = length / ModelShape.activationGroup(length, work.activationGroup());
    return 1 + (groups + EXPONENT_ROW - 1) / EXPONENT_ROW + (length + PACKED_VALUES - 1) / PACKED_VALUES;
  }

  List<Phase> prepareState(TimedStream constants, TimedStream shared, TimedStream message) {
    Program program = table(constants, sizes.exp2Words() + sizes.log1pWords()).once("constants", constants, null);
    for (int step = 0; step < steps(); step++) {
      long lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.once("layer word", constants, null);
        program.loop("STATE_RECORD", work.headRecordWords(), List.of(Access.each(constants)), NONE);
        program.loop(
            "STATE_TAKE",
            lanes * sizes.sharedBeats() * sizes.operandParts(),
            List.of(Access.first(shared, sizes.operandParts())),
            NONE);
        program.loop(
            "STATE_SEND",
            lanes * sizes.messageSteps(),
            NONE,
            List.of(Access.behind(message, work.stateMessage(), sizes.messageSteps())));
      }
    }
    return program.phases();
  }

  List<Phase> gatedNorm(TimedStream constants, TimedStream gated, TimedStream weighted, TimedStream norms) {
    Program program = table(constants, sizes.rsqrtWords());
    for (int step = 0; step < steps(); step++) {
      int lanes = start.active(step);
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.once("layer word", constants, null);
        program.loop("GATED_GAIN", sizes.gainWords(), List.of(Access.each(constants)), NONE);
        long beats = (long) lanes * sizes.innerBeats();
        if (shape.normGroups() == 1) {
          program.loop("GATED_BEAT", beats, List.of(Access.each(gated)), List.of(Access.each(weighted)));
          program.loop("GATED_LANE", lanes, NONE, List.of(Access.each(norms)));
        } else {
          int parts = sizes.normParts();
          program.loop("GROUPS_TAKE", beats * parts, List.of(Access.first(gated, parts)), NONE);
          program.loop("GROUPS_NORM", (long) lanes * shape.normGroups(), NONE, NONE);
          for (int lane = 0; lane < lanes; lane++) {
            program.loop(
                "GROUPS_NORMALISE",
                (long) sizes.innerBeats() * parts,
                NONE,
                List.of(Access.last(weighted, parts)));
          }
          program.loop("GROUPS_ONE", lanes, NONE, List.of(Access.each(norms)));
        }
      }
    }
    return program.phases();
  }

  List<Phase> hadamard(TimedStream weighted, TimedStream transformed) {
    Program program = new Program(timing);
    int rows = sizes.transformRows();
    int pace = sizes.transformPace();
    for (int step = 0; step < steps(); step++) {
      long beats = (long) start.active(step) * sizes.innerBeats();
      for (int layer = 0; layer < shape.layers(); layer++) {
        program.loop("TRANSFORM_ADD", beats * pace, List.of(Access.first(weighted, pace)), NONE);
        if (rows > 1) {
          long pairs = beats / 2;
          program.loop("TRANSFORM_SEND", pairs + rows / 2, NONE, List.of(Access.from(transformed, rows / 2)));
        } else {
          int banks = sizes.innerBeats();
          for (int lane = 0; lane < start.active(step); lane++) {
            program.loop("SINGLE_SEND", banks, NONE, List.of(Access.behind(transformed, (banks + 1) / 2, banks)));
          }
        }
      }
    }
    return program.phases();
  }
}
