package io.github.lightmamba.kernel;

import java.util.Map;

/**
 * {@code 2-kernels/report.json}.
 *
 * @param board the board
 * @param scheme the scheme of the model
 * @param design the free choices
 * @param bytesPerToken what all memory ports read and write for a decoded token, from the layout of the images
 * @param bytesPerTokenByPort the same by port
 * @param keptLayers first layers whose state stays on chip: the scalar {@code kept_layers} of one sequence in slot 0
 * @param stateBytesPerToken what of it is state, mantissas and contexts, read and written, of the other layers
 * @param paddingBytesPerToken what of it carries nothing: {@code bytesPerToken} minus the model's own bytes
 * @param paddingBytesPerTokenByCause the same, counted by {@link Padding}
 * @param imageBytes all images together
 * @param stateRegionBytes all state regions together, all slots
 * @param kind how the figures came about
 */
record KernelReport(
    String board,
    String scheme,
    Design design,
    long bytesPerToken,
    Map<String, Long> bytesPerTokenByPort,
    int keptLayers,
    long stateBytesPerToken,
    long paddingBytesPerToken,
    Map<String, Long> paddingBytesPerTokenByCause,
    long imageBytes,
    long stateRegionBytes,
    String kind) {}
