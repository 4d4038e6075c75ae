package io.github.lightmamba.checkpoint;

import java.util.List;
import java.util.OptionalInt;

/**
 * The architecture of a Mamba-2 checkpoint; names and defaults are those of transformers' {@code Mamba2Config}.
 *
 * @param hiddenSize d_model, the width of the residual stream
 * @param innerSize d_inner, {@code heads * headDim}
 * @param heads the number of heads; a multiple of {@code groups}
 * @param headDim the channels of a head
 * @param stateSize d_state, the states of a channel
 * @param groups n_groups, the number of B and C vectors; head h uses group {@code h / (heads / groups)}
 * @param normGroups the parts of the inner width that the gated norm treats by themselves: 1 in transformers, {@code
 *     groups} in state-spaces
 * @param convKernel the taps of the causal convolution
 * @param layers the number of blocks
 * @param vocabularySize the rows of the embedding that take part; transformers counts padded ones, state-spaces does
 *     not
 * @param normEpsilon added to the mean square in every norm
 * @param tied whether the configuration ties the LM head to the embedding
 * @param useBias whether in_proj and out_proj have a bias
 * @param useConvBias whether the convolution has a bias
 * @param dtLimitLow the smallest dt
 * @param dtLimitHigh the largest dt, may be infinite
 * @param residualInFp32 whether the residual is kept in 32 bits; the float model always does
 * @param bosId the token that starts a text, if the configuration names one
 * @param eosIds the tokens that end a text; may be empty
 * @param defaulted the fields that the configuration lacks and defaults stand for, sorted
 */
public record Mamba2Config(
    int hiddenSize,
    int innerSize,
    int heads,
    int headDim,
    int stateSize,
    int groups,
    int normGroups,
    int convKernel,
    int layers,
    int vocabularySize,
    double normEpsilon,
    boolean tied,
    boolean useBias,
    boolean useConvBias,
    double dtLimitLow,
    double dtLimitHigh,
    boolean residualInFp32,
    OptionalInt bosId,
    List<Integer> eosIds,
    List<String> defaulted) {

  /** Keeps unmodifiable copies of the lists. */
  public Mamba2Config {
    eosIds = List.copyOf(eosIds);
    defaulted = List.copyOf(defaulted);
  }

  /** Returns the channels of the convolution: x, then B, then C; {@code innerSize + 2 * groups * stateSize}. */
  public int convChannels() {
    return innerSize + 2 * groups * stateSize;
  }

  /** Returns the rows of in_proj in the order z, x, B, C, dt. */
  public int projectionRows() {
    return innerSize + convChannels() + heads;
  }
}
