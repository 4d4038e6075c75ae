package io.github.lightmamba.estimate;

/**
 * How a loop uses a stream: an item in every {@code every}-th iteration, the first one in iteration {@code offset}.
 *
 * @param stream what is read or written
 * @param every period in iterations, at least 1
 * @param offset 0 .. every − 1
 */
record Access(TimedStream stream, long every, long offset) {
  /** An item in every iteration. */
  static Access each(TimedStream stream) {
    return new Access(stream, 1, 0);
  }

  /** An item in the first of every {@code every} iterations. */
  static Access first(TimedStream stream, long every) {
    return new Access(stream, every, 0);
  }

  /** An item in the last of every {@code every} iterations. */
  static Access last(TimedStream stream, long every) {
    return new Access(stream, every, every - 1);
  }

  boolean in(long iteration) {
    return every == 1 || iteration % every == offset;
  }
}
