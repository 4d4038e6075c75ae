/**
 * From generated kernels to a bitstream: the steps of Vitis, where they run, what becomes of their failures, and the
 * judgement of what they made. Knows the tools only through {@link io.github.lightmamba.vitis}.
 */
package io.github.lightmamba.bitstream;
