package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.vitis.Failure;
import java.nio.file.Path;
import java.util.Optional;

/** The technical cause of a failed step: its class decides what is tried next. */
final class StepFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  private StepFailure(Failure failure) {
    super(failure.kind() + ": " + failure.sentence());
    this.failure = failure;
  }

  /**
   * Returns the failure for the user.
   *
   * @param step its name
   * @param failure why
   * @param log the full log of the command that failed
   * @param work the folder with {@code command.sh}
   */
  static LightMambaException of(String step, Failure failure, Path log, Path work) {
    StringBuilder what = new StringBuilder("The step " + step + " failed. " + failure.sentence());
    if (!failure.excerpt().isEmpty()) {
      what.append("\n");
      failure.excerpt().forEach(line -> what.append("    ").append(line).append("\n"));
    } else {
      what.append(" ");
    }
    what.append("The full log is ").append(log).append(".");
    return new LightMambaException(
        ErrorCode.BUILD_FAILED,
        what.toString(),
        failure.remedy() + " To run the step by hand: bash " + work.resolve(StepStage.SCRIPT) + ".",
        new StepFailure(failure));
  }

  /** Returns why a step failed, if that is what went wrong. */
  static Optional<Failure> in(LightMambaException e) {
    return e.getCause() instanceof StepFailure cause ? Optional.ofNullable(cause.failure) : Optional.empty();
  }
}
