package io.github.lightmamba.kernel;

/**
 * A block of a segment of the unit image; {@code docs/formats.md}, section 2.
 *
 * @param rows rows, padding included
 * @param recordWords words of convolution records
 * @param scaleWords words of scales
 * @param rowWords words of weights of a row
 */
public record Block(int rows, int recordWords, int scaleWords, int rowWords) {
  /** Returns the words of the block. */
  public int words() {
    return recordWords + scaleWords + rows * rowWords;
  }

  /** Returns the words of weights. */
  public int weightWords() {
    return rows * rowWords;
  }
}
