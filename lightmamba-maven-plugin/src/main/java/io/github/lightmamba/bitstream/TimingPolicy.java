package io.github.lightmamba.bitstream;

/** What happens if no strategy reaches the clock that was asked for. */
public enum TimingPolicy {
  /** The build fails. */
  FAIL("fail"),
  /** The build goes on with the clock that was reached, and says what that costs. */
  WARN("warn"),
  /** The link is done again at a lower clock. */
  LOWER("lower");

  private final String id;

  TimingPolicy(String id) {
    this.id = id;
  }

  /** Returns the name in parameters. */
  @Override
  public String toString() {
    return id;
  }
}
