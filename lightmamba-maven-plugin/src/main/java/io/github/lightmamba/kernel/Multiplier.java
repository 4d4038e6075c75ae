package io.github.lightmamba.kernel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What multiplies weights and activations, in the order of {@code multipliers.hpp}; all have the same results. */
public enum Multiplier {
  /** Several products in the 27x18 multiplier of a DSP48E2. */
  @JsonProperty("packed")
  PACKED,
  /** Three products of 9x8 bits, summed in a DSP58. */
  @JsonProperty("dot-mode")
  DOT_MODE,
  /** LUTs. */
  @JsonProperty("fabric")
  FABRIC
}
