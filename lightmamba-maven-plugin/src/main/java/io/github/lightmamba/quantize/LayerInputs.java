package io.github.lightmamba.quantize;

import io.github.lightmamba.tensor.Matrix;
import java.util.function.Supplier;

/** What the rounding of a block's weights knows of its inputs; asked once for each projection, in_proj first. */
interface LayerInputs {
  /** Nothing is known: weights are rounded to nearest. */
  LayerInputs UNKNOWN = of(null, null);

  /**
   * Weights to round.
   *
   * @param weights as they shall be, rounding aside
   * @param feedback of the inputs, or null to round to nearest
   */
  record Target(Matrix weights, ErrorFeedback feedback) {}

  /** Returns the target of in_proj, whose fused weights are {@code weights}. */
  Target inProj(Matrix weights);

  /**
   * Returns the target of out_proj.
   *
   * @param weights fused
   * @param roundedInProj what in_proj has become
   */
  Target outProj(Matrix weights, Supplier<Matrix> roundedInProj);

  /** Is told what out_proj has become. */
  void done(Supplier<Matrix> roundedOutProj);

  /** Returns inputs whose weights are rounded as they are. */
  static LayerInputs of(ErrorFeedback inProj, ErrorFeedback outProj) {
    return new LayerInputs() {
      @Override
      public Target inProj(Matrix weights) {
        return new Target(weights, inProj);
      }

      @Override
      public Target outProj(Matrix weights, Supplier<Matrix> roundedInProj) {
        return new Target(weights, outProj);
      }

      @Override
      public void done(Supplier<Matrix> roundedOutProj) {}
    };
  }
}
