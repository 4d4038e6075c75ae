package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.Tables;
import io.github.lightmamba.rotation.HadamardTransform;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The values of the kernels' configuration struct. What depends on the checkpoint beyond its architecture is not among
 * them: it is loaded at
 * run time.
 *
 * @param schedule order and owners
 * @param design units, lanes and the other free choices
 * @param model whose architecture it is
 */
record KernelConfig(Schedule schedule, Design design, QuantizedModel model) {
  /** Ports are as deep in a co-simulation as a run of this many tokens needs. */
  private static final int COSIMULATED_TOKENS = 8;

  private static final int TABLE_INDEX_BITS = 8;
  private static final int RSQRT_MANTISSA_BITS = 30;

  /** Returns every name that the templates use. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    architecture(values);
    numericFormat(values);
    places(values);
    ports(values);
    return values;
  }

  private void architecture(Map<String, Object> values) {
    ModelShape shape = schedule.shape();
    HadamardTransform hadamard = model.hadamard();
    values.put("model", shape.model());
    values.put("inner", shape.inner());
    values.put("heads", shape.heads());
    values.put("headDim", shape.headDim());
    values.put("state", shape.state());
    values.put("groups", shape.groups());
    values.put("conv", shape.conv());
    values.put("bias", shape.bias() ? 1 : 0);
    values.put("normGroups", shape.normGroups());
    values.put("layers", shape.layers());
    values.put("vocabulary", shape.vocabulary());
    values.put("units", design.units());
    values.put("lanes", design.lanes());
    values.put("wordCycles", design.wordCycles());
    values.put("dspLanes", design.dspLanes());
    values.put("uramLanes", design.uramLanes());
    values.put("slots", design.slots());
    values.put("scanLanes", design.scanLanes());
    values.put("stateLines", design.stateLines());
    values.put("keptLayers", design.mostKeptLayers(shape));
    values.put("multiplier", design.multiplier().ordinal());
    values.put("blockRows", Schedule.BLOCK_ROWS);
    values.put("activationGroupModel", group(shape.model()));
    values.put("activationGroupInner", group(shape.inner()));
    values.put("weightGroupModel", model.layers().get(0).inProj().group());
    values.put("weightGroupInner", model.layers().get(0).outProj().group());
    values.put("stateGroup", shape.stateGroup());
    values.put("hadamardFactor", hadamard.signs().length);
    values.put("hadamardLog2", hadamard.stages());
    values.put("hadamardSigns", signs(hadamard.signs()));
  }

  private void numericFormat(Map<String, Object> values) {
    values.put("fixedFraction", NumericFormat.FIXED_FRACTION);
    values.put("residualBits", NumericFormat.VALUE_BITS);
    values.put("accumulatorDrop", NumericFormat.ACCUMULATOR_DROP);
    values.put("relativeExponentMax", NumericFormat.RELATIVE_EXPONENT_MAX);
    values.put("activationMax4", NumericFormat.largest(4));
    values.put("activationMax8", NumericFormat.largest(8));
    values.put("exponentLimit4Model", NumericFormat.exponentLimit(4, group(schedule.shape().model())));
    values.put("exponentLimit4Inner", NumericFormat.exponentLimit(4, group(schedule.shape().inner())));
    values.put("exponentLimit8", NumericFormat.exponentLimit(8));
    values.put("operandBits", NumericFormat.OPERAND_BITS);
    values.put("operandExponentLimit", NumericFormat.exponentLimit(NumericFormat.OPERAND_BITS));
    values.put("tableFraction", NumericFormat.MANTISSA_FRACTION);
    values.put("decayFraction", NumericFormat.DECAY_FRACTION);
    values.put("decayExponentMax", NumericFormat.DECAY_EXPONENT_MAX);
    values.put("dtFraction", NumericFormat.DT_FRACTION);
    values.put("dtOperandBits", NumericFormat.DT_OPERAND_BITS);
    values.put("logTwoE", NumericFormat.LOG2E);
    values.put("logTwoEFraction", NumericFormat.LOG2E_FRACTION);
    values.put("stateFraction", NumericFormat.STATE_FRACTION);
    values.put("stateWorkBits", NumericFormat.STATE_WORK_BITS);
    values.put("gateBits", NumericFormat.GATED_BITS);
    values.put("transformedBits", NumericFormat.GATED_BITS + log2Up(schedule.shape().inner()));
    values.put("siluEntries", Tables.SILU.length - 1);
    values.put("siluStepBits", NumericFormat.SILU_STEP_LOG2);
    values.put("rsqrtEntries", Tables.RSQRT.length);
    values.put("rsqrtBase", 1 << TABLE_INDEX_BITS);
    values.put("rsqrtStepBits", RSQRT_MANTISSA_BITS - TABLE_INDEX_BITS);
    values.put("rsqrtMantissaBits", RSQRT_MANTISSA_BITS);
    values.put("exp2Entries", Tables.EXP2.length);
    values.put("exp2StepBits", NumericFormat.EXPONENT_FRACTION - TABLE_INDEX_BITS);
    values.put("log1pEntries", Tables.LOG1P.length);
    values.put("log1pStepBits", NumericFormat.MANTISSA_FRACTION - TABLE_INDEX_BITS);
  }

  /** Activations of a vector that share an exponent. */
  private int group(int length) {
    return ModelShape.activationGroup(length, model.activationGroup());
  }

  /** Bytes inside the scalar words of {@link CoreImage} and of the SSM message. */
  private static void places(Map<String, Object> values) {
    values.put("epsilonByte", 0);
    values.put("dtLowByte", 8);
    values.put("dtHighByte", 16);
    values.put("embeddingShiftByte", 24);
    values.put("gateShiftByte", 8);
    values.put("gainShiftByte", 9);
    values.put("stateExponentByte", 32);
  }

  private void ports(Map<String, Object> values) {
    ModelShape shape = schedule.shape();
    int residualWords = Schedule.words(4L * shape.model());
    int logitWords = Schedule.words(4L * shape.vocabulary());
    // Of the widest scheme, and a prefix of the state.
    Schedule widest =
        new Schedule(shape, design.units(), Byte.SIZE, Byte.SIZE, schedule.modelGroup(), schedule.innerGroup());
    values.put("unitWords", UnitImage.words(widest) + stateWords(shape));
    values.put("coreWords", CoreImage.words(shape));
    values.put("embeddingWords", (long) shape.vocabulary() * Schedule.words(2L * shape.model()));
    values.put("maximumTokens", COSIMULATED_TOKENS);
    values.put("traceWords", COSIMULATED_TOKENS * ((long) shape.layers() * residualWords + logitWords));
  }

  private long stateWords(ModelShape shape) {
    byte[][] wide = StateLayout.uniform(shape, Short.SIZE);
    // Unit 0 has the most channels.
    return StateLayout.slotWords(shape, design.units(), 0, wide) * design.slots();
  }

  private static int log2Up(int value) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(value - 1);
  }

  private static String signs(byte[][] signs) {
    return Arrays.stream(signs)
        .map(
            row ->
                IntStream.range(0, row.length)
                    .mapToObj(i -> Byte.toString(row[i]))
                    .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(",\n      ", "\n      ", ""));
  }
}
