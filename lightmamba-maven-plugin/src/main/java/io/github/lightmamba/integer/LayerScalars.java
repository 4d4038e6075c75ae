package io.github.lightmamba.integer;

/**
 * The scalars of a block; see {@link QuantizedLayer}.
 *
 * @param gateShift 32 − fV
 * @param gatedEpsilon ε2
 * @param gatedNormShift sG
 */
public record LayerScalars(int gateShift, long gatedEpsilon, int gatedNormShift) {
  /** Returns those of a block. */
  public static LayerScalars of(QuantizedLayer layer) {
    return new LayerScalars(layer.gateShift(), layer.gatedEpsilon(), layer.gatedNormShift());
  }
}
