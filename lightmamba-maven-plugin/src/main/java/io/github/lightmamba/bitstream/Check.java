package io.github.lightmamba.bitstream;

/**
 * Something that was looked at.
 *
 * @param name for example {@code licence}
 * @param state what came of it
 * @param found what is there, for people
 * @param fix what to do; empty, if nothing
 */
public record Check(String name, State state, String found, String fix) {
  /** What came of it. */
  public enum State {
    /** It is there. */
    GOOD,
    /** It cannot be told from here. */
    UNCHECKED,
    /** It may be a hindrance. */
    DOUBTFUL,
    /** It is not there. */
    MISSING
  }

  /** Returns a good one. */
  public static Check good(String name, String found) {
    return new Check(name, State.GOOD, found, "");
  }

  /** Returns one that cannot be told. */
  public static Check unchecked(String name, String why, String fix) {
    return new Check(name, State.UNCHECKED, "not checked: " + why, fix);
  }

  /** Returns a doubtful one. */
  public static Check doubtful(String name, String found, String fix) {
    return new Check(name, State.DOUBTFUL, found, fix);
  }

  /** Returns a missing one. */
  public static Check missing(String name, String found, String fix) {
    return new Check(name, State.MISSING, found, fix);
  }

  /** Returns it as a line: {@code licence: none. Do: set ...}. */
  public String line() {
    return name + ": " + found + (fix.isEmpty() ? "" : ". Do: " + fix);
  }
}
