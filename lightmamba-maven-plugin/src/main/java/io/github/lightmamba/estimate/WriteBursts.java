package io.github.lightmamba.estimate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bursts in which a port sends the words of its write requests, and how many of them it has under way: the next one
 * begins when the oldest has been acknowledged (UG1399, {@code max_write_burst_length}, {@code num_write_outstanding}).
 * A request ends its last burst.
 */
final class WriteBursts {
  private final int length;
  private final int outstanding;
  /** Words up to the end of every burst under way, oldest first. */
  private final Deque<Long> ends = new ArrayDeque<>();

  /**
   * Creates the bursts of a port.
   *
   * @param length words of a burst, at most
   * @param outstanding bursts under way, at most
   */
  WriteBursts(int length, int outstanding) {
    this.length = length;
    this.outstanding = outstanding;
  }

  /**
   * Returns how many words have to be acknowledged before the next one goes out; 0 if it waits for none.
   *
   * @param written words before it
   */
  long awaited(long written) {
    boolean first = ends.isEmpty() || ends.peekLast() == written;
    return first && ends.size() == outstanding ? ends.element() : 0;
  }

  /**
   * Sends a word.
   *
   * @param written words before it
   * @param request words up to the end of its request
   */
  void send(long written, long request) {
    if (ends.isEmpty() || ends.peekLast() == written) {
      if (ends.size() == outstanding) {
        ends.remove();
      }
      ends.add(Math.min(written + length, request));
    }
  }
}
