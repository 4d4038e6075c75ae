package io.github.lightmamba.kernel;

/**
 * Words of an image by when they are read.
 *
 * @param words words of the image
 * @param layers words read for every token
 * @param head words read for every token that has logits; the rest is read once a start
 */
public record ImageSize(long words, long layers, long head) {

  /** Bytes read for a token with logits. */
  public long bytesPerToken() {
    return (layers + head) * Schedule.WORD_BYTES;
  }
}
