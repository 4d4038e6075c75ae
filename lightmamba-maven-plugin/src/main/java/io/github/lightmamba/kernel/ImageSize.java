package io.github.lightmamba.kernel;

/**
 * Words of an image by when they are read.
 *
 * @param words words of the image
 * @param layers words read for every token
 * @param head words read for every token that has logits; the rest is read once a start
 * @param state words of a slot of the state region behind the image
 * @param kept of these, those of the layers whose state stays on chip; the others are read and written for every token
 */
public record ImageSize(long words, long layers, long head, long state, long kept) {

  /** Bytes read and written for a token with logits. */
  public long bytesPerToken() {
    return (layers + head + 2 * (state - kept)) * Schedule.WORD_BYTES;
  }
}
