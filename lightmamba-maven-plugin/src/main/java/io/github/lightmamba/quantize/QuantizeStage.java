package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes {@code 1-quantized}. */
public final class QuantizeStage implements Stage<QuantizeRequest> {
  /** The files of a checkpoint that the quantized model depends on; the reader says which ones must be there. */
  private static final List<String> CHECKPOINT_FILES = List.of("config.json", "model.safetensors", "tokenizer.json");

  /** Makes the stage. */
  public QuantizeStage() {}

  @Override
  public String goal() {
    return "quantize";
  }

  @Override
  public Path folder(QuantizeRequest request) {
    return request.workspace().quantized();
  }

  @Override
  public Inputs inputs(QuantizeRequest request, FileDigests digests) {
    Inputs.Builder inputs =
        Inputs.builder().identity("scheme", request.scheme()).identity("headBits", request.headBits());
    for (String name : CHECKPOINT_FILES) {
      Path file = request.checkpoint().resolve(name);
      if (Files.isRegularFile(file)) {
        inputs.identityFile("checkpoint " + name, file, digests);
      }
    }
    return inputs
        .file("calibration text", request.calibrationText(), digests)
        .file("evaluation text", request.evaluationText(), digests)
        .value("windows", request.windows())
        .value("windowTokens", request.windowTokens())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public Outcome run(QuantizeRequest request, Path output, Progress progress) {
    throw new LightMambaException(
        ErrorCode.PART_MISSING,
        "This version of the plugin cannot quantize a checkpoint; the numerics are not part of it.",
        "use a later version of the plugin.");
  }
}
