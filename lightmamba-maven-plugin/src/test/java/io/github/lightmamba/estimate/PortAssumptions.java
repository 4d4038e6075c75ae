package io.github.lightmamba.estimate;

/** Shows what the estimate assumes of a port to the tests of other packages. */
public final class PortAssumptions {
  /** Words that a port may have asked for. */
  public static final int READ_AHEAD = BoardTimes.READ_AHEAD;

  /** Words of a burst of writes. */
  public static final int WRITE_BURST = BoardTimes.WRITE_BURST;

  /** Bursts of writes that may be under way. */
  public static final int WRITES_OUTSTANDING = BoardTimes.WRITES_OUTSTANDING;

  private PortAssumptions() {}
}
