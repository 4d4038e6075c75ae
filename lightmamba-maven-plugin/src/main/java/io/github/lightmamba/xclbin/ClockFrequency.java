package io.github.lightmamba.xclbin;

/**
 * A clock as it was built, not as it was asked for; {@code struct clock_freq}.
 *
 * @param name for example {@code DATA_CLK}
 * @param type what it drives
 * @param megahertz its frequency, in whole MHz
 */
public record ClockFrequency(String name, Type type, int megahertz) {
  /** {@code enum CLOCK_TYPE}, in this order. */
  public enum Type {
    /** Nothing. */
    UNUSED,
    /** The kernels. */
    DATA,
    /** A second clock of kernels. */
    KERNEL,
    /** The platform. */
    SYSTEM
  }
}
