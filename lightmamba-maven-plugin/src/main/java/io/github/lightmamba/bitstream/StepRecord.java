package io.github.lightmamba.bitstream;

import io.github.lightmamba.vitis.LogDigest;
import io.github.lightmamba.vitis.LogEvent.Severity;
import java.util.List;

/**
 * What a step leaves of itself beside its files: {@code step.json}.
 *
 * @param step its name
 * @param place where it ran
 * @param seconds how long its commands took
 * @param commands as they were called
 * @param warnings how many the log has
 * @param criticalWarnings how many the log has
 * @param standIn whether the log says that the tests' stand-in wrote it
 * @param created the files that the log says were made; null in a record of an older plugin
 * @param clocks the clocks that the log says were selected
 * @param lowered the clocks that the log says were lowered
 */
record StepRecord(
    String step,
    String place,
    double seconds,
    List<List<String>> commands,
    int warnings,
    int criticalWarnings,
    boolean standIn,
    List<String> created,
    List<Clock> clocks,
    List<Lowered> lowered) {
  /** The file. */
  static final String FILE = "step.json";

  /**
   * A clock.
   *
   * @param role DATA, KERNEL or SYSTEM
   * @param name its name
   * @param megahertz its frequency
   */
  record Clock(String role, String name, double megahertz) {}

  /**
   * A clock that was lowered.
   *
   * @param name its name
   * @param askedMhz what was asked for
   * @param megahertz what it became
   */
  record Lowered(String name, double askedMhz, double megahertz) {}

  static StepRecord of(Step step, String place, double seconds, LogDigest digest) {
    return new StepRecord(
        step.name(),
        place,
        seconds,
        step.commands(),
        digest.count(Severity.WARNING),
        digest.count(Severity.CRITICAL_WARNING),
        digest.standIn(),
        digest.created(),
        digest.clocks().stream().map(c -> new Clock(c.role(), c.name(), c.megahertz())).toList(),
        digest.lowered().stream().map(c -> new Lowered(c.clock(), c.askedMegahertz(), c.megahertz())).toList());
  }
}
