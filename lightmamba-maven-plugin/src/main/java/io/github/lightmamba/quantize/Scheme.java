package io.github.lightmamba.quantize;

/** How many bits weights and activations have. */
public enum Scheme {
  /** Weights and activations of 8 bits. */
  W8A8("w8a8");

  private final String id;

  Scheme(String id) {
    this.id = id;
  }

  /** Returns the name in parameters and manifests. */
  @Override
  public String toString() {
    return id;
  }
}
