package io.github.lightmamba.vitis;

/** Why a step of Vitis failed. */
public enum FailureKind {
  /** Its time was up. */
  TIMEOUT,
  /** The disk, or the user's share of it, is full. */
  DISK_FULL,
  /** Memory ran out. */
  OUT_OF_MEMORY,
  /** No licence. */
  LICENCE,
  /** The platform was not found, or the tool refuses it. */
  PLATFORM,
  /** The Xilinx Runtime, which the link needs, is not installed. */
  XRT_MISSING,
  /** The device's files are not part of the installation. */
  DEVICE_MISSING,
  /** High-level synthesis refused the sources. */
  HLS,
  /** The command or a configuration file is wrong. */
  OPTION,
  /** An instance, argument, memory or stream in the connectivity does not exist. */
  CONNECTIVITY,
  /** The design has more of something than the device. */
  OVER_UTILISATION,
  /** The design could not be placed. */
  PLACEMENT,
  /** The design could not be routed. */
  ROUTING,
  /** A clock that cannot be lowered missed its target. */
  TIMING,
  /** The tool crashed. */
  CRASH,
  /** Somebody ended the tool. */
  KILLED,
  /** None of these was recognised. */
  UNKNOWN
}
