package io.github.lightmamba.kernel;

/**
 * Resources of an FPGA, or of a part of a design.
 *
 * @param lut look-up tables
 * @param ff flip-flops
 * @param dsp multiplier slices
 * @param bram36 block RAMs of 36 Kb
 * @param uram ultra RAMs of 288 Kb
 */
public record Resources(double lut, double ff, double dsp, double bram36, double uram) {
  /** Nothing. */
  public static final Resources NONE = new Resources(0, 0, 0, 0, 0);

  /** Returns the sum. */
  public Resources plus(Resources other) {
    return new Resources(
        lut + other.lut, ff + other.ff, dsp + other.dsp, bram36 + other.bram36, uram + other.uram);
  }

  /** Returns this, that many times. */
  public Resources times(double count) {
    return new Resources(lut * count, ff * count, dsp * count, bram36 * count, uram * count);
  }

  /** Returns the largest share of {@code available} that any resource takes. */
  public double share(Resources available) {
    double most = Math.max(ratio(lut, available.lut), ratio(ff, available.ff));
    most = Math.max(most, Math.max(ratio(dsp, available.dsp), ratio(bram36, available.bram36)));
    return Math.max(most, ratio(uram, available.uram));
  }

  private static double ratio(double used, double available) {
    return used == 0 ? 0 : used / available;
  }
}
