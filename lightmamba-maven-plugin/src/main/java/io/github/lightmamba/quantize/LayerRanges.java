package io.github.lightmamba.quantize;

/**
 * What calibration saw of one block.
 *
 * @param convInput (conv channels): largest magnitude of the convolution's input
 * @param gated largest magnitude of y·silu(z)
 * @param gatedWeighted largest magnitude of y·silu(z)·g, before the norm's scalar
 * @param normed largest magnitude of the gated norm's result, before the online transform
 * @param decays (heads): the 95th percentile of the decay over tokens
 */
record LayerRanges(float[] convInput, double gated, double gatedWeighted, double normed, double[] decays) {}
