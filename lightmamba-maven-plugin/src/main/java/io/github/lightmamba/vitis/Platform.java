package io.github.lightmamba.vitis;

import java.nio.file.Path;

/**
 * A platform that was found.
 *
 * @param name for example {@code xilinx_u280_gen3x16_xdma_1_202211_1}
 * @param file its {@code .xpfm}
 */
public record Platform(String name, Path file) {}
