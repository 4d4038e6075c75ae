/** Whether the kernels do what the integer model does, bit for bit: the stage {@code verify}. */
package io.github.lightmamba.verify;
