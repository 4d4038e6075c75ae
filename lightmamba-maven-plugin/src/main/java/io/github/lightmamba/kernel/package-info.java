/** From a quantized model and a board to HLS sources and weight images: the stage {@code generate-kernels}. */
package io.github.lightmamba.kernel;
