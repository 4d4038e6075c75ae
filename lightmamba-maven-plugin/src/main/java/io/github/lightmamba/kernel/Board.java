package io.github.lightmamba.kernel;

/** The boards that kernels can be generated for. */
public enum Board {
  /** AMD Alveo U280: HBM2, 32 channels. */
  U280("u280"),
  /** AMD Versal VCK190: DDR4 and LPDDR4. */
  VCK190("vck190"),
  /** AMD Alveo U55C: HBM2, 32 channels, 16 GiB, no DDR4; beyond the two boards that are promised. */
  U55C("u55c");

  private final String id;

  Board(String id) {
    this.id = id;
  }

  /** Returns the name in parameters, manifests and folders. */
  @Override
  public String toString() {
    return id;
  }
}
