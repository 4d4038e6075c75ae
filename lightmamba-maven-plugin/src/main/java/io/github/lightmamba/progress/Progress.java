package io.github.lightmamba.progress;

/**
 * The voice of long work: phases, their advance, activities, and lines for people.
 *
 * <p>Implementations are thread-safe. Work that loops calls {@link #advance} often; the implementation decides how
 * often it prints.
 */
public interface Progress {
  /** A progress that says nothing, for tests and short work. */
  Progress SILENT =
      new Progress() {
        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {}

        @Override
        public void phase(String name, long total) {}

        @Override
        public void advance(long units) {}
      };

  /** Prints one line of information. */
  void info(String line);

  /** Prints one warning that the user can act on. */
  void warn(String line);

  /**
   * Starts a phase; it ends with its last unit, or when another one starts.
   *
   * @param name what is being done, for example {@code evaluating the float model}
   * @param total the units of work of the phase, at least 1
   */
  void phase(String name, long total);

  /** Reports that {@code units} more units of the current phase are done. */
  void advance(long units);

  /**
   * Starts an activity, beside the phase and other activities. A voice without a place for it prints its milestones,
   * without the time.
   *
   * @param name what goes on, for example {@code link-default-250}
   */
  default Activity activity(String name) {
    return new Activity() {
      @Override
      public void milestone(String what) {
        info(name + ": " + what);
      }

      @Override
      public void at(String what) {}

      @Override
      public void close() {}
    };
  }
}
