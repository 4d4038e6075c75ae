/** From a checkpoint to a quantized model: the stage {@code quantize}. */
package io.github.lightmamba.quantize;
