package io.github.lightmamba.progress;

/**
 * Something that goes on for long and cannot count its units, such as a program of somebody else. Several may go on
 * side by side; the one who started it closes it. Thread-safe.
 */
public interface Activity extends AutoCloseable {
  /**
   * Prints a line of information: what has happened, and the time since the start.
   *
   * @param what has happened, for example {@code task 3 of 6 done}
   */
  void milestone(String what);

  /**
   * Notes what is going on. A terminal shows it with the time since the start; a log gets a line of it, if it has had
   * none of this activity for a while, and again now and then as long as nothing else is noted.
   *
   * @param what is going on, for example {@code 4 of 9 jobs done}
   */
  void at(String what);

  /** Ends it; says nothing. */
  @Override
  void close();
}
