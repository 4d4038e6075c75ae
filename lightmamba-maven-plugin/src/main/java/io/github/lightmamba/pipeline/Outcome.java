package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.LightMambaException;
import java.util.Optional;

/**
 * How a stage ended whose output is complete.
 *
 * @param failure empty if the result is good; else why the build fails although the output (a report that shows the
 *     difference, say) is kept
 */
public record Outcome(Optional<LightMambaException> failure) {
  /** The result is good. */
  public static final Outcome GOOD = new Outcome(Optional.empty());

  /**
   * The output is complete, and it says that the result is not good enough.
   *
   * @param failure what fails the build once the output is in its place
   */
  public static Outcome bad(LightMambaException failure) {
    return new Outcome(Optional.of(failure));
  }
}
