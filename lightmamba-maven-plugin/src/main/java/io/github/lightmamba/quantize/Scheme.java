package io.github.lightmamba.quantize;

/** How many bits weights and activations have. */
public enum Scheme {
  /** Weights and activations of 4 bits. */
  W4A4("w4a4", 4, 4),
  /** Weights of 4 bits, activations of 8. */
  W4A8("w4a8", 4, 8),
  /** Weights and activations of 8 bits. */
  W8A8("w8a8", 8, 8);

  private final String id;
  private final int weightBits;
  private final int activationBits;

  Scheme(String id, int weightBits, int activationBits) {
    this.id = id;
    this.weightBits = weightBits;
    this.activationBits = activationBits;
  }

  /** Returns the width of the weights of in_proj and out_proj. */
  public int weightBits() {
    return weightBits;
  }

  /** Returns the width of the activations before every linear layer. */
  public int activationBits() {
    return activationBits;
  }

  /** Returns the name in parameters and manifests. */
  @Override
  public String toString() {
    return id;
  }
}
