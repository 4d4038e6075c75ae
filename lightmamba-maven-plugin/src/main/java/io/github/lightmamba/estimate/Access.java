package io.github.lightmamba.estimate;

/**
 * How a loop uses a stream: so many items, spread evenly over its iterations.
 *
 * @param stream what is read or written
 * @param items in every {@code iterations} iterations, at most as many
 * @param iterations of which {@code items} use the stream, at least 1
 * @param early whether an item is needed before the iterations that it serves (a word from which several values are
 *     taken) or made after them (a word into which several values are put)
 * @param from first iteration that counts
 * @param most items in all
 */
record Access(TimedStream stream, long items, long iterations, boolean early, long from, long most) {
  private static final long NEVER = Long.MAX_VALUE;

  private Access(TimedStream stream, long items, long iterations, boolean early, long from) {
    this(stream, items, iterations, early, from, NEVER);
  }

  /** An item in every iteration. */
  static Access each(TimedStream stream) {
    return new Access(stream, 1, 1, true, 0);
  }

  /** An item in every iteration from one onwards. */
  static Access from(TimedStream stream, long first) {
    return new Access(stream, 1, 1, true, first);
  }

  /** An item in the first of every {@code every} iterations. */
  static Access first(TimedStream stream, long every) {
    return new Access(stream, 1, every, true, 0);
  }

  /** An item in the last of every {@code every} iterations. */
  static Access last(TimedStream stream, long every) {
    return new Access(stream, 1, every, false, 0);
  }

  /** So many items over the loop, each at the beginning of its share. */
  static Access ahead(TimedStream stream, long items, long iterations) {
    return new Access(stream, items, iterations, true, 0);
  }

  /** So many items over the loop, each at the end of its share. */
  static Access behind(TimedStream stream, long items, long iterations) {
    return new Access(stream, items, iterations, false, 0);
  }

  /** An item in each of the first {@code count} iterations. */
  static Access until(TimedStream stream, long count) {
    return new Access(stream, 1, 1, true, 0, count);
  }

  /** The same for at most so many items. */
  Access upTo(long count) {
    return new Access(stream, items, iterations, early, from, count);
  }

  /** The same from an iteration onwards. */
  Access startingAt(long first) {
    return new Access(stream, items, iterations, early, first, most);
  }

  /** Returns the iteration that uses item {@code n}, from 0. */
  long iterationOf(long n) {
    if (n >= most) {
      return NEVER;
    }
    // Ahead: floor(n·m/k); behind: the last iteration of the share, ceil((n+1)·m/k) − 1.
    return from + (early ? n * iterations / items : ((n + 1) * iterations + items - 1) / items - 1);
  }
}
