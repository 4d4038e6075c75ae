package io.github.lightmamba.kernel;

/**
 * A super logic region, or the whole device where there is only one: what the shell leaves of it.
 *
 * @param name as {@code link.cfg} names it
 * @param lut look-up tables
 * @param ff flip-flops
 * @param dsp multiplier slices
 * @param bram36 block RAMs of 36 Kb
 * @param uram ultra RAMs of 288 Kb
 */
public record Region(String name, double lut, double ff, double dsp, double bram36, double uram) {
  /** Returns the resources. */
  public Resources resources() {
    return new Resources(lut, ff, dsp, bram36, uram);
  }
}
