package io.github.lightmamba.mojo;

import io.github.lightmamba.evaluate.EvaluateRequest;
import io.github.lightmamba.evaluate.EvaluateStage;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Compares the quantized model with the float model on a text, into {@code evaluation}: perplexity, KL divergence and
 * top-1 agreement, with standard errors.
 *
 * @since 0.1.0
 */
@Mojo(name = "evaluate", defaultPhase = LifecyclePhase.VERIFY, requiresProject = false, threadSafe = true)
public final class EvaluateMojo extends AbstractLightMambaMojo {
  /** Made by Maven. */
  public EvaluateMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    int count = ParameterCheck.integer("windows", windows, 1, MAX_WINDOWS, 24);
    int length = ParameterCheck.integer("windowTokens", windowTokens, 2, MAX_TOKENS, 512);
    requireQuantized(workspace);
    runner.run(
        new EvaluateStage(),
        new EvaluateRequest(
            workspace,
            ParameterCheck.folder("checkpoint", checkpoint, "the folder of the checkpoint"),
            ParameterCheck.file("calibrationText", calibrationText, "the text that the model was calibrated on"),
            ParameterCheck.file("evaluationText", evaluationText, "the text to measure perplexity on"),
            count,
            length));
  }
}
