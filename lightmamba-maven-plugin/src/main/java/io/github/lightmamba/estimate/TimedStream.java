package io.github.lightmamba.estimate;

import java.util.Arrays;

/**
 * A bounded FIFO in simulated time. Times are in cycles; items have no content.
 *
 * <p>The k-th item may be written once item k − depth has been read, and read once it has been written and has crossed
 * the link. Kept are the times of the last {@code depth} writes and reads.
 */
final class TimedStream {
  private final String name;
  private final double latency;
  private final double[] written;
  private final double[] freed;
  private int head;
  private int tail;
  private int waiting;
  private long items;

  /**
   * Creates an empty stream.
   *
   * @param name for reports; the name of the stream in the kernels
   * @param depth items that it holds
   * @param latency cycles from the write to the earliest read
   */
  TimedStream(String name, int depth, double latency) {
    this.name = name;
    this.latency = latency;
    this.written = new double[depth];
    this.freed = new double[depth];
    Arrays.fill(freed, Double.NEGATIVE_INFINITY);
  }

  String name() {
    return name;
  }

  /** Returns how many items it holds. */
  int depth() {
    return written.length;
  }

  /** Whether an item waits, at whatever time. */
  boolean readable() {
    return waiting > 0;
  }

  /** Whether the next item has a place, at whatever time. */
  boolean writable() {
    return waiting < written.length;
  }

  /** Returns when the next item can be read; only if {@link #readable()}. */
  double readableAt() {
    return written[head] + latency;
  }

  /** Returns when the next item can be written; only if {@link #writable()}. */
  double writableAt() {
    return freed[tail];
  }

  void read(double time) {
    freed[head] = time;
    head = head + 1 == freed.length ? 0 : head + 1;
    waiting--;
  }

  void write(double time) {
    written[tail] = time;
    tail = tail + 1 == written.length ? 0 : tail + 1;
    waiting++;
    items++;
  }

  /** Returns the items that have passed. */
  long items() {
    return items;
  }
}
