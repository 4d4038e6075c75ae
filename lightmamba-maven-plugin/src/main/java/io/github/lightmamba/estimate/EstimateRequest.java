package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.quantize.GroupSize;
import io.github.lightmamba.quantize.Scheme;

/**
 * What is estimated.
 *
 * @param board the board
 * @param shape sizes of the model
 * @param scheme bits of weights and activations
 * @param headBits bits of the LM head's weights
 * @param groupSize weights that share a scale; 0 lets the widths decide
 * @param activationGroup activations that share an exponent
 * @param lanes T; 0 lets the resources decide
 * @param frequencyMhz clock; 0: the board's
 * @param stateBits width of every head's state, by layer; null: not known
 */
public record EstimateRequest(
    BoardProfile board,
    ModelShape shape,
    Scheme scheme,
    int headBits,
    int groupSize,
    int activationGroup,
    int lanes,
    int frequencyMhz,
    byte[][] stateBits) {
  /** Width of the state that is assumed where no quantized model says it. */
  public static final int ASSUMED_STATE_BITS = 8;

  /** Returns the same with so many bits in every head's state. */
  EstimateRequest withStateOf(int bits) {
    return new EstimateRequest(
        board, shape, scheme, headBits, groupSize, activationGroup, lanes, frequencyMhz,
        StateLayout.uniform(shape, bits));
  }

  /** Returns the widths of the state, those assumed where none are known. */
  byte[][] widths() {
    return stateBits == null ? StateLayout.uniform(shape, ASSUMED_STATE_BITS) : stateBits;
  }

  /** Returns the design that the generator would choose. */
  Design design() {
    Design design = Design.of(board, shape, lanes, activationGroup);
    return frequencyMhz == 0 ? design : design.atMhz(frequencyMhz);
  }

  /** Returns the work of a design. */
  Workload on(Design design) {
    int modelGroup = GroupSize.of(groupSize, shape.model(), "in_proj");
    int innerGroup = GroupSize.of(groupSize, shape.inner(), "out_proj");
    Schedule schedule =
        new Schedule(shape, design.units(), scheme.weightBits(), headBits, modelGroup, innerGroup);
    int kept = design.keptLayers(shape, widths());
    return new Workload(board, design, schedule, scheme.activationBits(), activationGroup, widths(), kept);
  }
}
