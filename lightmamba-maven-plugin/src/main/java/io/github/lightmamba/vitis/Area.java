package io.github.lightmamba.vitis;

import java.util.OptionalLong;

/**
 * Resources, as far as a report tells them.
 *
 * @param lut look-up tables
 * @param ff flip-flops
 * @param dsp DSP slices
 * @param bram18k block RAM in halves of 18 Kb, the unit of synthesis reports; Vivado counts blocks of 36 Kb
 * @param uram UltraRAM; old reports do not tell it
 */
public record Area(OptionalLong lut, OptionalLong ff, OptionalLong dsp, OptionalLong bram18k, OptionalLong uram) {
  /** Nothing is known. */
  public static final Area UNKNOWN =
      new Area(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
}
