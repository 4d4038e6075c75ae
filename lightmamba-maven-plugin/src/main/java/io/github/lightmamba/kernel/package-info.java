/** From a quantized model to HLS sources and weight images: the stage {@code generate-kernels}. */
package io.github.lightmamba.kernel;
