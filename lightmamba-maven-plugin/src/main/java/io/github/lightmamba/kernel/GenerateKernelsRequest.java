package io.github.lightmamba.kernel;

import io.github.lightmamba.pipeline.Workspace;
import java.nio.file.Path;

/**
 * What {@code generate-kernels} is asked.
 *
 * @param workspace the folders
 * @param quantized the folder of the quantized model
 * @param board the board
 * @param lanes T, the tokens that share a weight word: 1, 4 or 8; 0: what the board's profile says
 * @param acceleratorSource a folder in place of the plugin's own accelerator sources, or null
 */
public record GenerateKernelsRequest(
    Workspace workspace, Path quantized, Board board, int lanes, Path acceleratorSource) {
  /** Returns the accelerator sources that were asked for. */
  public AcceleratorSource sources() {
    return acceleratorSource == null ? AcceleratorSource.bundled() : AcceleratorSource.of(acceleratorSource);
  }
}
