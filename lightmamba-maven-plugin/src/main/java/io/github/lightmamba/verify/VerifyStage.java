package io.github.lightmamba.verify;

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

/** Makes {@code <board>/4-verify}. */
public final class VerifyStage implements Stage<VerifyRequest> {
  /** Makes the stage. */
  public VerifyStage() {}

  @Override
  public String goal() {
    return "verify";
  }

  @Override
  public Path folder(VerifyRequest request) {
    return request.workspace().verification(request.board().toString());
  }

  @Override
  public Inputs inputs(VerifyRequest request, FileDigests digests) {
    Path kernelFolder = request.workspace().kernels(request.board().toString());
    Manifest kernels = Manifest.require(kernelFolder, "generate-kernels", "run the goal generate-kernels.");
    Manifest quantized =
        Manifest.require(request.workspace().quantized(), "quantize", "run the goal quantize.");
    Inputs.Builder inputs =
        Inputs.builder()
            .identity("board", request.board())
            .value("target", request.target())
            .stage("quantized model", quantized)
            .stage("kernels", kernels)
            .value("tokens", request.tokens())
            .digest("plugin code", PluginCode.digest());
    return request.prompt() == null
        ? inputs.file("evaluation text", request.evaluationText(), digests).build()
        : inputs.value("prompt", request.prompt()).build();
  }

  @Override
  public Outcome run(VerifyRequest request, Path output, Progress progress) {
    throw new LightMambaException(
        ErrorCode.PART_MISSING,
        "This version of the plugin cannot run kernels; the simulation is not part of it.",
        "use a later version of the plugin.");
  }
}
