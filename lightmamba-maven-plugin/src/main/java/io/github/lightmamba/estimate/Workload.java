package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Schedule;

/**
 * A model on a design, and what it is to do.
 *
 * @param board the board
 * @param design the free choices
 * @param schedule order and owners; its bits are those of the run
 * @param activationBits of in_proj and out_proj
 * @param activationGroup that is wanted
 * @param stateBits width of every head's state, by layer
 * @param keptLayers first layers whose state stays on chip in a start of one sequence
 */
record Workload(
    BoardProfile board,
    Design design,
    Schedule schedule,
    int activationBits,
    int activationGroup,
    byte[][] stateBits,
    int keptLayers) {
  /** Clock of the kernels. */
  double hertz() {
    return design.frequencyMhz() * 1e6;
  }

  private static final int HEAD_ACTIVATION_BITS = 8;
  private static final int EXPONENTS_PER_WORD = 128;

  ModelShape shape() {
    return schedule.shape();
  }

  /** Words of an ACTIVATION message for in_proj, or for the head. */
  int modelMessage(boolean head) {
    return message(shape().model(), head ? HEAD_ACTIVATION_BITS : activationBits);
  }

  /** Words of an ACTIVATION message for out_proj. */
  int innerMessage() {
    return message(shape().inner(), activationBits);
  }

  private int message(int length, int bits) {
    return 1 + exponentWords(length) + Schedule.words((long) length * bits / Byte.SIZE);
  }

  int exponentWords(int length) {
    int groups = length / ModelShape.activationGroup(length, activationGroup);
    return (groups + EXPONENTS_PER_WORD - 1) / EXPONENTS_PER_WORD;
  }

  /** Words of INT8 of B, or of C. */
  int operandWords() {
    return Schedule.words((long) shape().groups() * shape().state());
  }

  /** Words of head records. */
  int headRecordWords() {
    return Schedule.words(16L * shape().heads());
  }

  /** Words of an SSM message. */
  int stateMessage() {
    return 1 + 2 * operandWords() + headRecordWords();
  }

  /** Beats of a round of one lane on the result chain. */
  int roundBeats() {
    return (design.units() + 15) / 16;
  }

  /** Beats of 16 values. */
  static int beats(int values) {
    return (values + 15) / 16;
  }

  /** A start: prefill or decode of one sequence, or of several. */
  LanePlan plan(int tokens, int sequences, boolean decode) {
    return new LanePlan(design.lanes(), tokens, sequences, decode);
  }
}
