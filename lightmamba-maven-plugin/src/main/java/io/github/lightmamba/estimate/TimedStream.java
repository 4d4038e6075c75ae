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
  private long writes;
  private long reads;

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

  /** Whether an item waits, at whatever time. */
  boolean readable() {
    return writes > reads;
  }

  /** Whether the next item has a place, at whatever time. */
  boolean writable() {
    return writes - reads < written.length;
  }

  /** Returns when the next item can be read; only if {@link #readable()}. */
  double readableAt() {
    return written[(int) (reads % written.length)] + latency;
  }

  /** Returns when the next item can be written; only if {@link #writable()}. */
  double writableAt() {
    return freed[(int) (writes % freed.length)];
  }

  void read(double time) {
    freed[(int) (reads++ % freed.length)] = time;
  }

  void write(double time) {
    written[(int) (writes++ % written.length)] = time;
  }

  /** Returns the items that have passed. */
  long items() {
    return writes;
  }
}
