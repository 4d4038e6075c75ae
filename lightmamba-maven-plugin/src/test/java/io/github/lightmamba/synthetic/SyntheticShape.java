package io.github.lightmamba.synthetic;

/**
 * The sizes of a synthetic Mamba-2 model.
 *
 * @param hidden width of the residual stream
 * @param layers number of blocks
 * @param headDim channels of a head; divides {@code 2 * hidden}
 * @param state state elements of a channel
 * @param groups B and C vectors; divides the number of heads
 * @param convKernel taps of the convolution
 * @param vocabulary rows of the embedding
 */
public record SyntheticShape(
    int hidden, int layers, int headDim, int state, int groups, int convKernel, int vocabulary) {
  /** The padded vocabulary of the published checkpoints. */
  private static final int PUBLISHED_VOCABULARY = 50288;

  /** Checks that the sizes fit together. */
  public SyntheticShape {
    if (2 * hidden % headDim != 0 || 2 * hidden / headDim % groups != 0) {
      throw new IllegalArgumentException(2 * hidden + " channels, heads of " + headDim + ", " + groups + " groups");
    }
  }

  /**
   * Returns the sizes of a published model, or of a small one.
   *
   * @param name {@code 130m}, {@code 370m}, {@code 780m}, {@code 1.3b}, {@code 2.7b} (state-spaces/mamba2-*), or
   *     {@code tiny} (width 64) or {@code small} (width 256)
   */
  public static SyntheticShape of(String name) {
    return switch (name) {
      case "tiny" -> new SyntheticShape(64, 2, 16, 32, 1, 4, 128);
      case "small" -> new SyntheticShape(256, 4, 32, 64, 1, 4, 512);
      case "130m" -> published(768, 24);
      case "370m" -> published(1024, 48);
      case "780m" -> published(1536, 48);
      case "1.3b" -> published(2048, 48);
      case "2.7b" -> published(2560, 64);
      default -> throw new IllegalArgumentException(
          name + " is none of tiny, small, 130m, 370m, 780m, 1.3b, 2.7b");
    };
  }

  private static SyntheticShape published(int hidden, int layers) {
    return new SyntheticShape(hidden, layers, 64, 128, 1, 4, PUBLISHED_VOCABULARY);
  }

  /** Returns the same sizes with another number of blocks. */
  public SyntheticShape withLayers(int count) {
    return new SyntheticShape(hidden, count, headDim, state, groups, convKernel, vocabulary);
  }

  /** Returns the same sizes with another vocabulary. */
  public SyntheticShape withVocabulary(int rows) {
    return new SyntheticShape(hidden, layers, headDim, state, groups, convKernel, rows);
  }

  /** Returns the channels of the inner stream, twice the residual's. */
  public int inner() {
    return 2 * hidden;
  }

  /** Returns the number of heads. */
  public int heads() {
    return inner() / headDim;
  }

  /** Returns the channels of the convolution. */
  public int convChannels() {
    return inner() + 2 * groups * state;
  }

  /** Returns the rows of in_proj: z, x, B, C, dt. */
  public int projectionRows() {
    return inner() + convChannels() + heads();
  }
}
