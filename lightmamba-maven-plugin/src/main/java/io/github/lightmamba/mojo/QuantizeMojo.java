package io.github.lightmamba.mojo;

import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.QuantizeRequest;
import io.github.lightmamba.quantize.QuantizeStage;
import io.github.lightmamba.quantize.RotationPolicy;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.Method;
import io.github.lightmamba.quantize.QuantizationOptions;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Quantizes a checkpoint into {@code 1-quantized}, and measures what that costs in perplexity.
 *
 * @since 0.1.0
 */
@Mojo(
    name = "quantize",
    defaultPhase = LifecyclePhase.GENERATE_RESOURCES,
    requiresProject = false,
    threadSafe = true)
public final class QuantizeMojo extends AbstractLightMambaMojo {
  /** Made by Maven. */
  public QuantizeMojo() {}

  private QuantizationOptions options() {
    return new QuantizationOptions(
        ParameterCheck.choice("scheme", scheme, Scheme.class),
        ParameterCheck.oneOf("headBits", headBits, 8, 4),
        ParameterCheck.choice("method", method, Method.class),
        ParameterCheck.oneOf("groupSize", groupSize, 0, 8, 16, 32, 64, 128),
        ParameterCheck.oneOf("activationGroup", activationGroup, 8, 16, 32),
        ParameterCheck.choice("rotation", rotation, RotationPolicy.class));
  }

  @Override
  void run(Workspace workspace, StageRunner runner) {
    cached(runner).run(
        new QuantizeStage(),
        new QuantizeRequest(
            workspace,
            ParameterCheck.folder("checkpoint", checkpoint, "the folder of the checkpoint"),
            tokenizer == null ? null : ParameterCheck.file("tokenizer", tokenizer, "the tokenizer.json of the model"),
            options(),
            ParameterCheck.file("calibrationText", calibrationText, "the text to calibrate on"),
            ParameterCheck.file("evaluationText", evaluationText, "the text to measure perplexity on"),
            ParameterCheck.integer("windows", windows, 1, MAX_WINDOWS, 24),
            ParameterCheck.integer("windowTokens", windowTokens, 2, MAX_TOKENS, 512)));
  }
}
