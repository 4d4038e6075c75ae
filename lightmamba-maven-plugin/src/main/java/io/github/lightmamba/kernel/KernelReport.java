package io.github.lightmamba.kernel;

import java.util.Map;

/**
 * {@code 2-kernels/report.json}.
 *
 * @param board the board
 * @param scheme the scheme of the model
 * @param units compute units
 * @param lanes T
 * @param bytesPerToken what all memory ports read for a decoded token, from the layout of the images
 * @param bytesPerTokenByPort the same by port
 * @param paddingBytesPerToken what of it carries nothing: {@code bytesPerToken} minus the model's own bytes
 * @param imageBytes all images together
 * @param kind how the figures came about
 */
record KernelReport(
    String board,
    String scheme,
    int units,
    int lanes,
    long bytesPerToken,
    Map<String, Long> bytesPerTokenByPort,
    long paddingBytesPerToken,
    long imageBytes,
    String kind) {}
