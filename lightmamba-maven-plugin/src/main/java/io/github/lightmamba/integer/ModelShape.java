package io.github.lightmamba.integer;

/**
 * The sizes of a Mamba-2 model, as far as integer model and kernels depend on them.
 *
 * @param model width of the residual stream, d_model
 * @param inner width of the inner stream, d_inner = heads · headDim
 * @param heads number of heads
 * @param headDim channels a head
 * @param state state elements a channel, d_state
 * @param groups groups of B and C, n_groups
 * @param conv taps of the convolution, 2 or more
 * @param normGroups groups of the gated norm; 1 norms the whole inner width
 * @param bias whether in_proj and out_proj have a bias
 * @param layers number of blocks
 * @param vocabulary rows of embedding and LM head
 */
public record ModelShape(
    int model,
    int inner,
    int heads,
    int headDim,
    int state,
    int groups,
    int conv,
    int normGroups,
    boolean bias,
    int layers,
    int vocabulary) {

  private static final int STATE_GROUP_MAX = 64;

  /** Channels of the convolution, in the order x, B, C. */
  public int convChannels() {
    return inner + 2 * groups * state;
  }

  /** Rows of in_proj, in the order z, x, B, C, dt. */
  public int inProjRows() {
    return inner + convChannels() + heads;
  }

  /** State elements that share an exponent. */
  public int stateGroup() {
    return largestPowerOfTwo(state, STATE_GROUP_MAX);
  }

  /** State groups of a channel. */
  public int stateGroups() {
    return state / stateGroup();
  }

  /**
   * Returns the activations of a vector that share an exponent.
   *
   * @param length of the vector
   * @param wanted the model's activation group; where it does not divide, the largest power of two that does
   */
  public static int activationGroup(int length, int wanted) {
    return largestPowerOfTwo(length, wanted);
  }

  /**
   * Weights of a row of {@code length} that share a scale: 128 where it divides, else 64, else the largest power of two
   * that divides.
   */
  public static int weightGroup(int length) {
    return largestPowerOfTwo(length, 128);
  }

  private static int largestPowerOfTwo(int length, int most) {
    return Math.min(most, Integer.lowestOneBit(length));
  }
}
