package io.github.lightmamba.quantize;

import io.github.lightmamba.pipeline.Workspace;
import java.nio.file.Path;

/**
 * What {@code quantize} is asked.
 *
 * @param workspace the folders
 * @param checkpoint the folder of the checkpoint
 * @param tokenizer a {@code tokenizer.json} that counts instead of the checkpoint's own; null if none is given
 * @param options how the model is quantized
 * @param calibrationText a text in UTF-8 from which binary points and scales are learned
 * @param evaluationText a text in UTF-8, independent of it, on which perplexity is measured
 * @param windows windows of the evaluation text; 0: perplexity is not measured
 * @param windowTokens tokens of a window, at least 2
 */
public record QuantizeRequest(
    Workspace workspace,
    Path checkpoint,
    Path tokenizer,
    QuantizationOptions options,
    Path calibrationText,
    Path evaluationText,
    int windows,
    int windowTokens) {}
