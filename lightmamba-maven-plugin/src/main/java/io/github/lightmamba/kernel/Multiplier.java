package io.github.lightmamba.kernel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the products of a unit become hardware; the results are the same. {@code docs/accelerator.md}, "Multipliers". */
public enum Multiplier {
  /** Left to the synthesis. */
  @JsonProperty("plain")
  PLAIN(0),
  /** Packed by hand into DSP48E2 slices. */
  @JsonProperty("dsp48")
  DSP48(1),
  /** The dot-product mode of the DSP58. */
  @JsonProperty("dsp58")
  DSP58(2),
  /** Look-up tables. */
  @JsonProperty("fabric")
  FABRIC(3);

  private final int code;

  Multiplier(int code) {
    this.code = code;
  }

  /** Returns {@code kMultiplier} of the kernels' configuration. */
  public int code() {
    return code;
  }
}
