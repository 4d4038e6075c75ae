package io.github.lightmamba.quantize;

/**
 * What the rounding of a block's weights knows of its inputs.
 *
 * @param inProj of in_proj, or null to round to nearest
 * @param outProj of out_proj, or null to round to nearest
 */
record LayerInputs(ErrorFeedback inProj, ErrorFeedback outProj) {
  /** Nothing is known. */
  static final LayerInputs UNKNOWN = new LayerInputs(null, null);
}
