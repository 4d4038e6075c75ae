package io.github.lightmamba.verify;

/** What the kernels run on. */
public enum Target {
  /** C simulation: compiled by the machine's C++ compiler, one thread per process and unit. */
  CSIM("csim");

  private final String id;

  Target(String id) {
    this.id = id;
  }

  /** Returns the name in parameters and reports. */
  @Override
  public String toString() {
    return id;
  }
}
