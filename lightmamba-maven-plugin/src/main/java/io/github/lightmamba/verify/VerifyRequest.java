package io.github.lightmamba.verify;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Workspace;
import java.nio.file.Path;

/**
 * What {@code verify} is asked.
 *
 * @param workspace the folders; the kernels are in {@link Workspace#kernels}
 * @param board the board
 * @param target what the kernels run on
 * @param prompt the text that the model is given, or null for the first tokens of {@code evaluationText}
 * @param evaluationText a text in UTF-8; null only if there is a prompt
 * @param tokens tokens to generate after the prompt, at least 1
 * @param checkpoint the folder of the float checkpoint, whose continuation is printed beside; null if it is not at hand
 */
public record VerifyRequest(
    Workspace workspace, Board board, Target target, String prompt, Path evaluationText, int tokens, Path checkpoint) {
  /** Checks that there is something to begin with. */
  public VerifyRequest {
    if (prompt == null && evaluationText == null) {
      throw new IllegalArgumentException("neither a prompt nor a text to take it from");
    }
  }
}
