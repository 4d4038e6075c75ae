package io.github.lightmamba.evaluate;

import io.github.lightmamba.pipeline.Workspace;
import java.nio.file.Path;

/**
 * What {@code evaluate} is asked.
 *
 * @param workspace the folders; the quantized model is in {@link Workspace#quantized}
 * @param checkpoint the folder of the checkpoint that the quantized model came from
 * @param calibrationText the text that the model was calibrated on, which shares no window with {@code evaluationText}
 * @param evaluationText a text in UTF-8
 * @param windows windows of the text, at least 1
 * @param windowTokens tokens of a window, at least 2
 */
public record EvaluateRequest(
    Workspace workspace,
    Path checkpoint,
    Path calibrationText,
    Path evaluationText,
    int windows,
    int windowTokens) {}
