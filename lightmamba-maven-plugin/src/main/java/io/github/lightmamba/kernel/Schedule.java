package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;

/**
 * The one table of order, padding and owners: which unit computes which row when ({@code docs/formats.md}, sections 1
 * and 2). Weight images, kernels and byte counts come from it.
 *
 * @param shape the model
 * @param units compute units
 * @param weightBits width of in_proj and out_proj
 * @param headBits width of the LM head
 */
public record Schedule(ModelShape shape, int units, int weightBits, int headBits) {
  /** Bytes of a word: 512 bits. */
  public static final int WORD_BYTES = 64;

  /** Rows that share a header of scales. */
  public static final int BLOCK_ROWS = 16;

  /** B, C and dt rows. */
  public RowList shared() {
    return new RowList(2 * shape.groups() * shape.state() + shape.heads(), units);
  }

  /** Pairs of an x and a z row. */
  public RowList channels() {
    return new RowList(shape.inner(), units);
  }

  /** Rows of out_proj. */
  public RowList out() {
    return new RowList(shape.model(), units);
  }

  /** Rows of the LM head. */
  public RowList head() {
    return new RowList(shape.vocabulary(), units);
  }

  /** Returns the in_proj row of an entry of {@link #shared()}. */
  public int sharedRow(int entry) {
    return 2 * shape.inner() + entry;
  }

  /** Returns the conv channel of an entry of {@link #shared()}, or −1 for a dt row. */
  public int sharedConvChannel(int entry) {
    return entry < 2 * shape.groups() * shape.state() ? shape.inner() + entry : -1;
  }

  /** Returns the in_proj row of the x of a channel. */
  public int xRow(int channel) {
    return shape.inner() + channel;
  }

  /** Returns the in_proj row of the z of a channel. */
  public int zRow(int channel) {
    return channel;
  }

  /** Bytes of a conv record: 16 up to four taps, 32 up to twelve. */
  public int convRecordBytes() {
    return shape.conv() <= 4 ? 16 : 32;
  }

  /** Returns the words that hold {@code bytes}. */
  public static int words(long bytes) {
    return Math.toIntExact((bytes + WORD_BYTES - 1) / WORD_BYTES);
  }
}
