package io.github.lightmamba.mojo;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Generates HLS sources and weight images for a board, from the quantized model, into {@code <board>/2-kernels}.
 *
 * @since 0.1.0
 */
@Mojo(
    name = "generate-kernels",
    defaultPhase = LifecyclePhase.PROCESS_RESOURCES,
    requiresProject = false,
    threadSafe = true)
public final class GenerateKernelsMojo extends AbstractLightMambaMojo {
  /** Made by Maven. */
  public GenerateKernelsMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    Board onto = ParameterCheck.choice("board", board, Board.class);
    requireQuantized(workspace);
    generateKernels(workspace, onto, runner);
  }
}
