/** From a quantized model and a board to HLS sources and weight images. */
package io.github.lightmamba.kernel;
