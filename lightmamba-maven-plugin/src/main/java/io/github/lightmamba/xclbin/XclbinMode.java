package io.github.lightmamba.xclbin;

/** What a file was built for; {@code enum XCLBIN_MODE}, in this order. */
public enum XclbinMode {
  /** A platform without a region of its own for kernels. */
  FLAT,
  /** A platform that is partly reconfigured. */
  PR,
  /** Second stage of a tandem configuration. */
  TANDEM_STAGE2,
  /** Second stage of a tandem configuration, partly reconfigured. */
  TANDEM_STAGE2_WITH_PR,
  /** Hardware emulation. */
  HW_EMU,
  /** Software emulation. */
  SW_EMU,
  /** Hardware emulation of a platform that is partly reconfigured. */
  HW_EMU_PR;

  /** Returns whether the file is for a simulator and not for a device. */
  public boolean emulation() {
    return this == HW_EMU || this == SW_EMU || this == HW_EMU_PR;
  }
}
