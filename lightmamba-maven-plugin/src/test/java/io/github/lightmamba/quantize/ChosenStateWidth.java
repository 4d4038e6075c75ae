package io.github.lightmamba.quantize;

/** Shows the chosen width of the hidden state to the tests of other packages. */
public final class ChosenStateWidth {
  private ChosenStateWidth() {}

  /** Returns 8, 12 or 16. */
  public static int of(double decay) {
    return StateWidth.of(decay);
  }
}
