package io.github.lightmamba.xclbin;

import java.util.OptionalInt;

/**
 * An argument of a kernel, as the host must set it.
 *
 * @param name as in the source
 * @param id its number, as in {@link Connection#argument}; nothing for one that the host does not set
 * @param kind how it is passed
 * @param port the kernel's port
 * @param sizeBytes bytes in the registers
 * @param offset of its registers from the instance's base address
 * @param hostSizeBytes bytes that the host passes
 * @param type as in the source, for example {@code int*}
 */
public record KernelArgument(
    String name, OptionalInt id, Kind kind, String port, long sizeBytes, long offset, long hostSizeBytes, String type) {
  /** {@code addressQualifier} in the file, in this order. */
  public enum Kind {
    /** A value in the registers. */
    SCALAR,
    /** The address of a buffer in a memory bank. */
    GLOBAL,
    /** Constant memory. */
    CONSTANT,
    /** Local memory. */
    LOCAL,
    /** A stream. */
    STREAM
  }
}
