package io.github.lightmamba.kernel;

/**
 * Words of an image by when they are read.
 *
 * @param once words read at every start
 * @param layers words read for every token
 * @param head words read for every token that has logits
 */
public record ImageSize(long once, long layers, long head) {
  /** Words of the image. */
  public long words() {
    return once + layers + head;
  }

  /** Bytes read for a token with logits. */
  public long bytesPerToken() {
    return (layers + head) * Schedule.WORD_BYTES;
  }
}
