package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items of every stream and words of the memory, against counts from the schedule. */
class BeatCountTest {
  private static final Timing TIMING = Timing.read(Models.SOURCE);

  @ParameterizedTest
  @CsvSource({
    // lanes, tokens, sequences, decode, logits for all, reset, state bits, kept layers, scheme, board
    "1, 3, 1, true, true, true, 8, 0, W8A8, U280",
    "1, 3, 1, true, true, false, 12, 1, W4A4, VCK190",
    "4, 9, 1, false, false, true, 16, 0, W4A8, VCK190",
    "4, 3, 4, true, true, false, 8, 0, W4A4, U280",
    "8, 11, 1, false, true, true, 8, 2, W8A8, VCK190",
    "8, 2, 5, false, false, false, 8, 2, W4A4, U280",
  })
  void everyStreamCarriesWhatTheScheduleSays(
      int lanes, int tokens, int sequences, boolean decode, boolean all, boolean reset, int bits, int kept,
      Scheme scheme, Board board) {
    ModelShape shape = Models.shape(SyntheticShape.of("small").withLayers(2));
    EstimateRequest request = Models.request(board, shape, scheme, 8, lanes);
    byte[][] widths = StateLayout.uniform(shape, bits);
    Design of = request.design();
    Design design =
        new Design(
            of.units(), lanes, lanes > 1 ? 2 : 1, 1, 0, 16, 8, 0, of.multiplier(),
            of.frequencyMhz());
    Workload given = request.on(design);
    Workload work =
        new Workload(
            given.board(), design, given.schedule(), given.activationBits(), given.activationGroup(), widths,
            kept);
    Start start = new Start(work.plan(tokens, sequences, decode), all, reset);
    DesignSimulation.Result result =
        new DesignSimulation(work, TIMING).run(work.plan(tokens, sequences, decode), all, reset);

    Schedule schedule = work.schedule();
    long steps = start.plan().steps();
    long rows = 0;
    long weightWords = 0;
    long roundsOfLanes = 0;
    long state = 0;
    long written = 0;
    long contexts = 0;
    long writtenContexts = 0;
    // Several sequences leave nothing on chip.
    long layersInMemory = shape.layers() - (sequences > 1 ? 0 : kept);
    long ofOneSlot = StateLayout.unitWords(shape, schedule.units(), 0, widths) / shape.layers() * layersInMemory;
    long blocks = (schedule.channels().rounds() + 7) / 8;
    // 3 inputs of 16 bits and the exponents of a channel, 8 channels a word.
    assertThat(StateLayout.contextBytes(shape)).isEqualTo(8);
    long contextsOfOneSlot = layersInMemory * blocks;
    long headWords = 0;
    for (int step = 0; step < steps; step++) {
      long active = start.active(step);
      for (Segment segment : new Segment[] {Segment.SHARED, Segment.CHANNELS, Segment.OUT}) {
        long count = (long) shape.layers() * schedule.rows(segment);
        rows += count;
        weightWords += count * schedule.rowWords(segment);
        headWords += shape.layers() * schedule.segmentWords(segment);
        roundsOfLanes += count / (segment == Segment.CHANNELS ? 2 : 1) * active;
      }
      long heads = start.logits(step);
      rows += heads > 0 ? schedule.rows(Segment.HEAD) : 0;
      weightWords += heads > 0 ? (long) schedule.rows(Segment.HEAD) * schedule.rowWords(Segment.HEAD) : 0;
      headWords += heads > 0 ? schedule.segmentWords(Segment.HEAD) : 0;
      roundsOfLanes += heads * schedule.rows(Segment.HEAD);
      state += reset && step == 0 ? 0 : ofOneSlot * sequences;
      written += ofOneSlot * sequences;
      contexts += reset && step == 0 ? 0 : contextsOfOneSlot * sequences;
      writtenContexts += contextsOfOneSlot * sequences;
    }
    Map<String, Long> items = result.items();
    assertThat(items)
        .containsEntry("rows", weightWords)
        .containsEntry("products", rows)
        .containsEntry("row_scales", rows)
        .containsEntry("words", UnitRun.TABLE_WORDS + headWords + contexts + state)
        .containsEntry("prefetched", UnitRun.TABLE_WORDS + headWords + contexts + state)
        .containsEntry("contexts", contexts)
        .containsEntry("state_words", state)
        .containsEntry("state_out", UnitRun.STATE_BEATS * (writtenContexts + written) + steps)
        .containsEntry("new_contexts", steps * sequences * layersInMemory * schedule.channels().rounds())
        .containsEntry("new_words", written + steps)
        .containsEntry("done", steps)
        .containsEntry("fences", steps)
        .containsEntry("go", steps - 1)
        // An opening beat, the rounds, a fence a step.
        .containsEntry("result", 1 + roundsOfLanes * work.roundBeats() + steps)
        .containsEntry("activation", 1 + messages(work, start));
    long header = 1 + Schedule.words((long) shape.layers() * shape.heads());
    assertThat(result.readWords()).isEqualTo(header + UnitRun.TABLE_WORDS + headWords + contexts + state);
    assertThat(result.writtenWords()).isEqualTo(writtenContexts + written);
  }

  private static long messages(Workload work, Start start) {
    long words = 0;
    for (int step = 0; step < start.plan().steps(); step++) {
      long layer = work.modelMessage(false) + work.stateMessage() + work.innerMessage();
      words += start.active(step) * layer * work.shape().layers();
      words += (long) start.logits(step) * work.modelMessage(true);
    }
    return words;
  }
}
