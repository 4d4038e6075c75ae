/**
 * Reads xclbin files: what a bitstream says of itself, without any tool of the vendor.
 *
 * <p>Source of the layout: {@code struct axlf} in {@code xclbin.h} of the Xilinx Runtime (XRT), magic {@code xclbin2}.
 * Every offset, size and count is checked against the file before it is used; the image itself is never loaded.
 */
package io.github.lightmamba.xclbin;
