package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;

/** Which architectures have an integer form, and its sizes. */
final class QuantizableShape {
  private static final int TAPS_MAX = 29;
  private static final int STATE_GROUPS_MAX = 31;
  private static final int WIDTH_MAX = 1 << 14;

  private QuantizableShape() {}

  /**
   * Returns the sizes of the integer model.
   *
   * @throws LightMambaException {@link ErrorCode#CHECKPOINT_UNSUPPORTED} with field, value and limit
   */
  static ModelShape of(Mamba2Config config) {
    refuse(config.convKernel() > TAPS_MAX, "conv_kernel", config.convKernel(), "at most " + TAPS_MAX);
    refuse(config.hiddenSize() % 8 != 0, "hidden_size", config.hiddenSize(), "a multiple of 8");
    refuse(config.innerSize() % 8 != 0, "the inner size", config.innerSize(), "a multiple of 8");
    refuse(config.stateSize() % 8 != 0, "state_size", config.stateSize(), "a multiple of 8");
    refuse(config.innerSize() > WIDTH_MAX, "the inner size", config.innerSize(), "at most " + WIDTH_MAX);
    ModelShape shape =
        new ModelShape(
            config.hiddenSize(),
            config.innerSize(),
            config.heads(),
            config.headDim(),
            config.stateSize(),
            config.groups(),
            Math.max(2, config.convKernel()),
            config.normGroups(),
            config.useBias(),
            config.layers(),
            config.vocabularySize());
    int stateGroups = shape.groups() * shape.stateGroups();
    refuse(
        stateGroups > STATE_GROUPS_MAX,
        "n_groups · state_size",
        config.groups() + " · " + config.stateSize(),
        "at most " + STATE_GROUPS_MAX + " groups of " + shape.stateGroup() + " state elements");
    return shape;
  }

  private static void refuse(boolean condition, String field, Object value, String limit) {
    if (condition) {
      throw new LightMambaException(
          ErrorCode.CHECKPOINT_UNSUPPORTED,
          "config.json: " + field + " = " + value + " has no integer form; the limit is " + limit + ".",
          "use a checkpoint within this limit; the float model (perplexity) reads this one.");
    }
  }
}
