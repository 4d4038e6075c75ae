package io.github.lightmamba.estimate;

/** Shows what the estimate assumes of a port to the tests of other packages. */
public final class ReadAhead {
  /** Words that a port may have asked for. */
  public static final int WORDS = BoardTimes.READ_AHEAD;

  private ReadAhead() {}
}
