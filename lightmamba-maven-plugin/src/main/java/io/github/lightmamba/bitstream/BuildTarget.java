package io.github.lightmamba.bitstream;

/** What a build is for. */
public enum BuildTarget {
  /** A device. */
  HW("hw"),
  /** The simulation of the whole platform. */
  HW_EMU("hw_emu");

  private final String id;

  BuildTarget(String id) {
    this.id = id;
  }

  /** Returns the name in parameters and commands. */
  @Override
  public String toString() {
    return id;
  }
}
