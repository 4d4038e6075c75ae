/** How good a quantized model is: the stage {@code evaluate}. */
package io.github.lightmamba.evaluate;
