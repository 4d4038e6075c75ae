package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.StageRunner;
import java.io.IOException;
import java.nio.file.Path;

/** Brings a step up to date and judges its result, whether it was made now, earlier, or by another build. */
final class JudgedStep {
  private JudgedStep() {}

  /**
   * Runs a step, if its result is not there, and judges it.
   *
   * @return the manifest of the step's folder
   * @throws io.github.lightmamba.error.LightMambaException if the step fails, or its result is not what was asked for;
   *     the result is kept then
   */
  static Manifest run(StageRunner steps, StepRequest request, Step step) throws IOException {
    Manifest manifest = steps.run(new StepStage(step), request);
    Path work = request.work(step);
    if (StepEnding.forget(work)) {
      StepStage.delete(work.resolve(Step.TEMPORARY)); // Not before the result is published: it may be taken from here.
    }
    step.judge(request);
    return manifest;
  }
}
