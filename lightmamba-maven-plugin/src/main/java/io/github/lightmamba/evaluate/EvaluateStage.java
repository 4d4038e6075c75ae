package io.github.lightmamba.evaluate;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.progress.Progress;
import java.nio.file.Path;

/** Makes {@code evaluation}. */
public final class EvaluateStage implements Stage<EvaluateRequest> {
  /** Makes the stage. */
  public EvaluateStage() {}

  @Override
  public String goal() {
    return "evaluate";
  }

  @Override
  public Path folder(EvaluateRequest request) {
    return request.workspace().evaluation();
  }

  @Override
  public Inputs inputs(EvaluateRequest request, FileDigests digests) {
    Manifest quantized =
        Manifest.require(request.workspace().quantized(), "quantize", "run the goal quantize.");
    return Inputs.builder()
        .stage("quantized model", quantized)
        .file("calibration text", request.calibrationText(), digests)
        .file("evaluation text", request.evaluationText(), digests)
        .value("windows", request.windows())
        .value("windowTokens", request.windowTokens())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public Outcome run(EvaluateRequest request, Path output, Progress progress) {
    throw new LightMambaException(
        ErrorCode.PART_MISSING,
        "This version of the plugin cannot evaluate a quantized model; the integer model is not part of it.",
        "use a later version of the plugin.");
  }
}
