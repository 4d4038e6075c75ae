package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * The one table of order, padding and owners: which unit computes which row when ({@code docs/formats.md}, sections 1
 * and 2). Weight images, kernels and byte counts come from it.
 *
 * @param shape the model
 * @param units compute units
 * @param weightBits width of in_proj and out_proj
 * @param headBits width of the LM head
 * @param modelGroup weights a scale in in_proj and LM head
 * @param innerGroup weights a scale in out_proj
 */
public record Schedule(ModelShape shape, int units, int weightBits, int headBits, int modelGroup, int innerGroup) {
  /** Returns the schedule of a model on a number of units. */
  public static Schedule of(QuantizedModel model, int units) {
    QuantizedLayer first = model.layers().get(0);
    return new Schedule(
        model.shape(),
        units,
        first.inProj().bits(),
        model.head().bits(),
        first.inProj().group(),
        first.outProj().group());
  }

  /** Bytes of a word: 512 bits. */
  public static final int WORD_BYTES = 64;

  private static final int SMALLEST_RECORD_BYTES = 16;

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

  /** Bytes of a conv record: 2K + 5, rounded up to a power of two, at least 16. */
  public int convRecordBytes() {
    int bytes = Math.max(SMALLEST_RECORD_BYTES, 2 * shape.conv() + 5);
    return Integer.highestOneBit(2 * bytes - 1);
  }

  /**
   * Bytes of the scales of an in_proj or out_proj row with a number of groups: mantissas, κ and, if there are biases,
   * one.
   */
  public int scaleBytes(int groups) {
    return groups + 1 + (shape.bias() ? Integer.BYTES : 0);
  }

  /** Returns the rows of a segment for each unit, padding included. */
  public int rows(Segment segment) {
    return switch (segment) {
      case SHARED -> shared().rounds();
      case CHANNELS -> 2 * channels().rounds();
      case OUT -> out().rounds();
      case HEAD -> head().rounds();
    };
  }

  /** Returns the rows of a segment that are none of the padding, of all units. */
  long entries(Segment segment) {
    return switch (segment) {
      case SHARED -> shared().entries();
      case CHANNELS -> 2L * channels().entries();
      case OUT -> out().entries();
      case HEAD -> head().entries();
    };
  }

  /** Returns the channels of the convolution whose rows a segment has, of all units. */
  long convolved(Segment segment) {
    return switch (segment) {
      case SHARED -> 2L * shape.groups() * shape.state();
      case CHANNELS -> shape.inner();
      case OUT, HEAD -> 0;
    };
  }

  /** Returns the weight groups of a row. */
  public int groups(Segment segment) {
    return segment == Segment.OUT ? shape.inner() / innerGroup : shape.model() / modelGroup;
  }

  /** Returns the words of weights of a row. */
  public int rowWords(Segment segment) {
    return words(weightBytes(segment));
  }

  /** Returns the bytes of the weights of a row. */
  long weightBytes(Segment segment) {
    long cols = segment == Segment.OUT ? shape.inner() : shape.model();
    return cols * (segment == Segment.HEAD ? headBits : weightBits) / Byte.SIZE;
  }

  /** Returns the bytes of the scales of a row: the head has no biases. */
  int rowScaleBytes(Segment segment) {
    return segment == Segment.HEAD ? groups(segment) + 1 : scaleBytes(groups(segment));
  }

  /** Returns the blocks of a segment, in order. */
  public List<Block> blocks(Segment segment) {
    int record =
        switch (segment) {
          case SHARED -> convRecordBytes();
          case CHANNELS -> convRecordBytes() / 2;
          default -> 0;
        };
    int scales = rowScaleBytes(segment);
    List<Block> blocks = new ArrayList<>();
    for (int first = 0; first < rows(segment); first += BLOCK_ROWS) {
      int count = Math.min(BLOCK_ROWS, rows(segment) - first);
      blocks.add(new Block(count, words((long) count * record), words((long) count * scales), rowWords(segment)));
    }
    return blocks;
  }

  /** Returns the words of a segment. */
  public long segmentWords(Segment segment) {
    return blocks(segment).stream().mapToLong(Block::words).sum();
  }

  /** Returns the words that hold {@code bytes}. */
  public static int words(long bytes) {
    return Math.toIntExact((bytes + WORD_BYTES - 1) / WORD_BYTES);
  }
}
