package io.github.lightmamba.mojo;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.verify.Target;
import io.github.lightmamba.verify.VerifyRequest;
import io.github.lightmamba.verify.VerifyStage;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Runs the kernels and compares them with the integer model, bit for bit, into {@code <board>/4-verify}; a difference
 * fails the build. The kernels are brought up to date first.
 *
 * @since 0.1.0
 */
@Mojo(name = "verify", defaultPhase = LifecyclePhase.VERIFY, requiresProject = false, threadSafe = true)
public final class VerifyMojo extends AbstractLightMambaMojo {
  /** Made by Maven. */
  public VerifyMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    Board onto = ParameterCheck.choice("board", board, Board.class);
    Target on = ParameterCheck.choice("target", target, Target.class);
    int generate = ParameterCheck.integer("tokens", tokens, 1, MAX_TOKENS, 32);
    requireQuantized(workspace);
    Path text =
        prompt == null
            ? ParameterCheck.file("evaluationText", evaluationText, "the text to take the prompt from")
            : null;
    Path floatModel = checkpoint == null ? null : ParameterCheck.folder("checkpoint", checkpoint, "the checkpoint");
    generateKernels(workspace, onto, runner);
    runner.run(new VerifyStage(), new VerifyRequest(workspace, onto, on, prompt, text, generate, floatModel));
  }
}
