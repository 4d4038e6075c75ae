package io.github.lightmamba.integer;

/**
 * One block of the integer model; symbols of {@code docs/numerics.md}.
 *
 * @param inProj rows z, x, B, C, dt
 * @param outProj rows of the residual
 * @param inProjBias (rows of in_proj), in the binary point of each row's result; empty without biases
 * @param outProjBias (model), in the residual's binary point; empty without biases
 * @param convWeights cw, (channels, taps), 16 bits
 * @param convBias cb, (channels)
 * @param convShifts cs, (channels)
 * @param dtBias (heads), Q16
 * @param rateMantissas am, (heads)
 * @param rateShifts as, (heads)
 * @param skip D, (heads), Q16
 * @param stateBits width of the hidden state, (heads): 8, 12 or 16
 * @param gateShift 32 − fV
 * @param gatedEpsilon ε2
 * @param gatedNorm g, (inner), 16 bits
 * @param gatedNormShift sG
 */
public record QuantizedLayer(
    QuantizedMatrix inProj,
    QuantizedMatrix outProj,
    int[] inProjBias,
    int[] outProjBias,
    short[] convWeights,
    int[] convBias,
    byte[] convShifts,
    int[] dtBias,
    int[] rateMantissas,
    byte[] rateShifts,
    int[] skip,
    byte[] stateBits,
    int gateShift,
    long gatedEpsilon,
    short[] gatedNorm,
    int gatedNormShift) {

  /** Returns the same block with another out_proj. */
  public QuantizedLayer withOutProj(QuantizedMatrix matrix, int[] bias) {
    return new QuantizedLayer(
        inProj,
        matrix,
        inProjBias,
        bias,
        convWeights,
        convBias,
        convShifts,
        dtBias,
        rateMantissas,
        rateShifts,
        skip,
        stateBits,
        gateShift,
        gatedEpsilon,
        gatedNorm,
        gatedNormShift);
  }
}
