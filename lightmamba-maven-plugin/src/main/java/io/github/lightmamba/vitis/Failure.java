package io.github.lightmamba.vitis;

import java.util.List;

/**
 * Why a step failed, for people.
 *
 * @param kind the class
 * @param sentence what happened, one sentence with a full stop
 * @param excerpt the lines of the log that show it, at most a dozen; empty, if the log does not
 * @param remedy what to do, one or more imperative sentences
 * @param retry whether another attempt can help
 */
public record Failure(FailureKind kind, String sentence, List<String> excerpt, String remedy, Retry retry) {
  /** Whether another attempt can help. */
  public enum Retry {
    /** The same would happen again. */
    NEVER,
    /** The same command may succeed later: a licence comes free, a machine is less busy. */
    LATER,
    /** Another strategy, or a lower frequency, may succeed. */
    NEXT_STRATEGY
  }

  /** Copies the list. */
  public Failure {
    excerpt = List.copyOf(excerpt);
  }
}
