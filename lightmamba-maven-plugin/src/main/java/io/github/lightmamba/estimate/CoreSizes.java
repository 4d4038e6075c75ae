package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.Tables;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.rotation.HadamardTransform;

/**
 * Trip counts of the core that follow from a model: beats of 16 elements, words of its image, the cut of the transform.
 *
 * @param work model and design
 */
record CoreSizes(Workload work) {
  /** Elements of a beat. */
  static final int BEAT = 16;

  /** Entries of a table a word. */
  private static final int TABLE_ENTRIES = 16;

  private static final int GAINS = 32;
  private static final int REVISIT = 4;

  ModelShape shape() {
    return work.shape();
  }

  static int beats(int values) {
    return (values + BEAT - 1) / BEAT;
  }

  int modelBeats() {
    return beats(shape().model());
  }

  int innerBeats() {
    return beats(shape().inner());
  }

  int sharedRows() {
    return 2 * shape().groups() * shape().state() + shape().heads();
  }

  int sharedBeats() {
    return beats(sharedRows());
  }

  int logitBeats() {
    return beats(shape().vocabulary());
  }

  int rsqrtWords() {
    return words(Tables.RSQRT.length);
  }

  int exp2Words() {
    return words(Tables.EXP2.length);
  }

  int log1pWords() {
    return words(Tables.LOG1P.length);
  }

  private static int words(int entries) {
    return (entries + TABLE_ENTRIES - 1) / TABLE_ENTRIES;
  }

  /** Words of the tables and the constants. */
  int tableWords() {
    return rsqrtWords() + exp2Words() + log1pWords() + 1;
  }

  /** Words of the gated norm's weight. */
  int gainWords() {
    return (shape().inner() + GAINS - 1) / GAINS;
  }

  /** Words of a layer's constants. */
  int layerWords() {
    return 1 + work.headRecordWords() + gainWords();
  }

  /** Words of an embedding row. */
  int embeddingWords() {
    return Schedule.words(2L * shape().model());
  }

  /** Values of a state group that are quantized in a cycle. */
  int operandPart() {
    return Math.min(shape().stateGroup(), BEAT);
  }

  /** Iterations that take a beat of the shared rows. */
  int operandParts() {
    return BEAT / operandPart();
  }

  /** Iterations of an SSM message. */
  int messageSteps() {
    return 1 + 2 * (shape().groups() * shape().state() / operandPart()) + work.headRecordWords();
  }

  /** R2 of {@code hadamard.hpp}: of all cuts the one with the fewest adders. */
  int transformRows() {
    HadamardTransform transform = new HadamardTransform(shape().inner());
    int blockBeats = 1 << Math.max(0, transform.stages() - 4);
    int factor = transform.signs().length;
    int rows = 1;
    while (2 * rows <= blockBeats
        && 2 * rows + factor * (blockBeats / (2 * rows)) < rows + factor * (blockBeats / rows)) {
      rows *= 2;
    }
    return rows;
  }

  /** Cycles a beat of the transform: a sum is not taken up again within four. */
  int transformPace() {
    return transformRows() >= REVISIT ? 1 : REVISIT;
  }

  /** Parts of a beat that belong to one group of the gated norm; one where it has no groups. */
  int normParts() {
    int length = shape().inner() / shape().normGroups();
    return shape().normGroups() == 1 ? 1 : BEAT / Math.min(Integer.lowestOneBit(length), BEAT);
  }
}
