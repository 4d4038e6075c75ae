package io.github.lightmamba.kernel;

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

/** Makes {@code <board>/2-kernels}. */
public final class GenerateKernelsStage implements Stage<GenerateKernelsRequest> {
  /** Makes the stage. */
  public GenerateKernelsStage() {}

  @Override
  public String goal() {
    return "generate-kernels";
  }

  @Override
  public Path folder(GenerateKernelsRequest request) {
    return request.workspace().kernels(request.board().toString());
  }

  @Override
  public Inputs inputs(GenerateKernelsRequest request, FileDigests digests) {
    Manifest quantized = Manifest.require(request.quantized(), "quantize", "run the goal quantize.");
    return Inputs.builder()
        .identity("board", request.board())
        .stage("quantized model", quantized)
        .digest("accelerator sources", request.sources().digest())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public Outcome run(GenerateKernelsRequest request, Path output, Progress progress) {
    throw new LightMambaException(
        ErrorCode.PART_MISSING,
        "This version of the plugin cannot generate kernels; the generator is not part of it.",
        "use a later version of the plugin.");
  }
}
