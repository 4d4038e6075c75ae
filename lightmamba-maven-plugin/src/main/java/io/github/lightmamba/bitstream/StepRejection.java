package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.nio.file.Path;

/** The failures of a step that claims success. */
final class StepRejection {
  private StepRejection() {}

  /**
   * Returns the failure of a step that left less than it should: nothing is kept, and the step is done anew.
   *
   * @param step its name
   * @param why one clause
   * @param work the working folder
   */
  static LightMambaException incomplete(String step, String why, Path work) {
    return incomplete(step, why, "read the log", work);
  }

  /** Returns the same, with a remedy of its own. */
  static LightMambaException incomplete(String step, String why, String remedy, Path work) {
    return new LightMambaException(
        ErrorCode.BUILD_REJECTED,
        "The step " + step + " claims success, but " + why + ". Its log is " + work.resolve(StepStage.LOG) + ".",
        remedy + "; to run the step by hand: bash " + work.resolve(StepStage.SCRIPT) + ".");
  }

  /**
   * Returns the failure of a step that was ended, because what it would have made is of no use.
   *
   * @param step its name
   * @param objection why
   * @param log of the command that ran
   * @param work the working folder
   */
  static LightMambaException ended(String step, Objection objection, Path log, Path work) {
    return new LightMambaException(
        ErrorCode.BUILD_REJECTED,
        "The step " + step + " failed: " + objection.why() + ". It was ended at once. Its log is " + log + ".",
        objection.remedy() + "; to run the step by hand: bash " + work.resolve(StepStage.SCRIPT) + ".");
  }

  /**
   * Returns the failure of a step whose result is all there and not what was asked for. It took hours and is kept: a
   * judgement may be wrong, and a later one may be another.
   *
   * @param step the step
   * @param why one clause
   * @param remedy what to do, a clause
   * @param request of the step
   */
  static LightMambaException judged(Step step, String why, String remedy, StepRequest request) {
    Path folder = request.folder(step);
    String key = step.fingerprint(request.digests()).sha256();
    return new LightMambaException(
        ErrorCode.BUILD_REJECTED,
        "The step " + step.name() + " claims success, but " + why + ". What it made is kept in " + folder
            + ", with its log; when the goal runs again it is judged again, not built again.",
        remedy + "; to have it built again, delete that folder and results/" + step.name() + "/" + key
            + " in cacheDirectory; to run the step by hand: bash "
            + request.work(step).resolve(StepStage.SCRIPT) + ".");
  }
}
