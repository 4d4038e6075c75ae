package io.github.lightmamba.perplexity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether two texts share a long run of tokens: an evaluation on text that calibration has seen measures nothing.
 *
 * @param first where the run starts in the first text
 * @param second where it starts in the second text
 */
public record TextOverlap(int first, int second) {
  /** The run that counts as shared, in tokens. */
  public static final int WINDOW = 256;

  private static final long BASE = 0x9E3779B97F4A7C15L;

  /**
   * Looks for {@link #WINDOW} consecutive tokens that both texts contain.
   *
   * @return the run that starts first in {@code first}, exactly compared; empty if there is none
   */
  public static Optional<TextOverlap> find(int[] first, int[] second) {
    return find(first, second, WINDOW);
  }

  /**
   * Looks for a shared run of {@code window} tokens.
   *
   * <p>Every run of a window contains an aligned block of half its length, so only the blocks of {@code second} are
   * indexed; a rolling hash finds candidates, and comparing the tokens decides.
   */
  static Optional<TextOverlap> find(int[] first, int[] second, int window) {
    int block = Math.max(1, window / 2);
    Map<Long, List<Integer>> blocks = new HashMap<>();
    for (int start = 0; start + block <= second.length; start += block) {
      blocks.computeIfAbsent(hash(second, start, block), hash -> new ArrayList<>()).add(start);
    }
    long oldest = 1;
    for (int i = 1; i < block; i++) {
      oldest *= BASE;
    }
    TextOverlap earliest = null;
    long hash = first.length < block ? 0 : hash(first, 0, block);
    for (int start = 0; start + block <= first.length; start++) {
      for (int candidate : blocks.getOrDefault(hash, List.of())) {
        TextOverlap run = extend(first, start, second, candidate, window);
        if (run != null && (earliest == null || run.first < earliest.first)) {
          earliest = run;
        }
      }
      // A run that starts earlier has its block at most one window later.
      if (earliest != null && start >= earliest.first + window) {
        break;
      }
      if (start + block < first.length) {
        hash = (hash - (first[start] + 1L) * oldest) * BASE + first[start + block] + 1L;
      }
    }
    return Optional.ofNullable(earliest);
  }

  private static long hash(int[] tokens, int start, int length) {
    long hash = 0;
    for (int i = start; i < start + length; i++) {
      hash = hash * BASE + tokens[i] + 1L;
    }
    return hash;
  }

  /** Grows a candidate to both sides; null if it is shorter than a window. */
  private static TextOverlap extend(int[] first, int start, int[] second, int candidate, int window) {
    int a = start;
    int b = candidate;
    while (a > 0 && b > 0 && start - a < window && first[a - 1] == second[b - 1]) {
      a--;
      b--;
    }
    int length = 0;
    while (length < window
        && a + length < first.length
        && b + length < second.length
        && first[a + length] == second[b + length]) {
      length++;
    }
    return length < window ? null : new TextOverlap(a, b);
  }
}
