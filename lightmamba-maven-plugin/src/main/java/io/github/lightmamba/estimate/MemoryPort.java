package io.github.lightmamba.estimate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A memory channel as a kernel's port sees it. Words come in bursts; a change between reading and writing costs a
 * turnaround, so writes are gathered; while the memory refreshes it moves nothing. Conflicts of banks are in the rate.
 *
 * <p>Reads are requested ahead as far as the port's buffer reaches, so that latency shows only when nothing was
 * requested.
 */
final class MemoryPort {
  /** What the memory has written at once: all words up to its end, and when it ended. */
  private record Written(long words, double end) {}

  /** Words that a memory controller gathers before it changes from reading to writing. */
  static final int WRITTEN_AT_ONCE = 16;

  private final double sustained;
  private final double cyclesPerWord;
  private final RefreshCycles refresh;
  private final double latency;
  private final int ahead;
  private final double turnaround;
  private final double[] taken;
  private double free;
  private final WriteBursts requests;
  private final Deque<Written> written = new ArrayDeque<>();
  private long acknowledged;
  private double acknowledgedAt;
  private boolean writing;
  private int gathered;
  private long readWords;
  private long writtenWords;
  private double busy;

  /**
   * Creates a port.
   *
   * @param wordsPerCycle sustained, refresh included; between refreshes the port takes at most 1
   * @param latency cycles from a request to its first word
   * @param ahead words that the port's buffer holds: outstanding bursts times their length
   * @param turnaround cycles lost when the direction changes
   * @param refresh when the memory refreshes
   * @param requests the bursts of its writes
   */
  MemoryPort(
      double wordsPerCycle, double latency, int ahead, double turnaround, RefreshCycles refresh, WriteBursts requests) {
    this.cyclesPerWord = Math.max(1, refresh.working() / wordsPerCycle);
    this.sustained = cyclesPerWord / refresh.working();
    this.refresh = refresh;
    this.latency = latency;
    this.ahead = ahead;
    this.turnaround = turnaround;
    this.taken = new double[ahead];
    this.requests = requests;
  }

  /** Returns when the next word, asked for as early as the buffer has room, is there. */
  double readAt() {
    // The word takes the place of the one taken `ahead` words ago: only then could it be asked for.
    double asked = readWords < ahead ? 0 : taken[(int) (readWords % ahead)];
    double served = Math.max(free + (writing ? turnaround : 0), asked + latency - cyclesPerWord);
    return refresh.endOf(served) + cyclesPerWord;
  }

  /** Takes the next word; it was served when the memory was free, not when it is taken. */
  void read(double time) {
    free = readAt();
    writing = false;
    busy += sustained;
    taken[(int) (readWords++ % ahead)] = time;
  }

  /** Returns when the port takes the next word to be written, which comes at a time. */
  double writableAt(double time) {
    return response(time, requests.awaited(writtenWords));
  }

  /**
   * Takes a word to be written; the memory writes many at a time. Returns when the port takes the next.
   *
   * @param request words ever written up to the end of the word's request
   */
  double write(double time, long request) {
    requests.send(writtenWords, request);
    writtenWords++;
    if (++gathered == WRITTEN_AT_ONCE) {
      return flush(time);
    }
    return time;
  }

  /** Writes what has been gathered, if that is waited for; returns when the first words have been acknowledged. */
  double response(double time, long words) {
    if (words > acknowledged) {
      if (writtenWords - gathered < words) {
        flush(time);
      }
      while (written.element().words < words) {
        written.remove();
      }
      acknowledged = words;
      acknowledgedAt = written.element().end + latency;
    }
    return words == 0 ? time : Math.max(time, acknowledgedAt);
  }

  private double flush(double time) {
    double begin = Math.max(free + (writing ? 0 : turnaround), time);
    writing = true;
    free = begin;
    for (int word = 0; word < gathered; word++) {
      free = refresh.endOf(free) + cyclesPerWord;
    }
    busy += gathered * sustained;
    written.add(new Written(writtenWords, free));
    gathered = 0;
    return begin;
  }

  long readWords() {
    return readWords;
  }

  long writtenWords() {
    return writtenWords;
  }

  /** Returns the cycles that the words take at the sustained rate. */
  double busy() {
    return busy;
  }
}
