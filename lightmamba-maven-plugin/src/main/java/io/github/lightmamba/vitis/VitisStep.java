package io.github.lightmamba.vitis;

/** The steps that there are commands for; {@code commands.json} has the command of each for each version. */
public enum VitisStep {
  /** {@code v++ -c -k}: one kernel to an {@code .xo}, every version. */
  COMPILE_CLASSIC,
  /** {@code v++ -c --mode hls}: one kernel to an {@code .xo}, since 2023.1. */
  COMPILE_HLS,
  /** {@code v++ -l} for a card: {@code .xclbin}. */
  LINK_CARD,
  /** {@code v++ -l} for a Versal board: {@code .xsa}. */
  LINK_VERSAL,
  /** {@code v++ -p} for a card. */
  PACKAGE_CARD,
  /** {@code v++ -p} for a Versal board with a flat platform: xclbin and SD card image. */
  PACKAGE_VERSAL,
  /** {@code v++ -p} for a Versal board with a DFX platform, first step: the xclbin. */
  PACKAGE_VERSAL_DFX,
  /** {@code v++ -p} for a Versal board with a DFX platform, second step: the SD card image. */
  PACKAGE_VERSAL_DFX_IMAGE,
  /** {@code emconfigutil}: the device file of hardware emulation on a card. */
  EMULATION_CONFIG,
  /** {@code platforminfo}: what a platform says of itself. */
  PLATFORM_INFO
}
