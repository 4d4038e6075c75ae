/**
 * The integer model: the one definition, in Java, of what the accelerator computes. No floating point takes part in it.
 *
 * <p>{@code docs/numerics.md} is the specification; the kernels in {@code accelerator-src} are its other coding.
 */
package io.github.lightmamba.integer;
