package io.github.lightmamba.kernel;

import java.util.Map;

/**
 * A stream port of a kernel.
 *
 * @param bits of TDATA
 * @param output whether the kernel writes it
 */
record StreamPort(int bits, boolean output) {
  /** The kernel that writes a port whose name does not end with the direction; C++ does not carry it either. */
  private static final Map<String, String> WRITER = Map.of("words", "memory", "done", "memory", "go", "unit");

  /**
   * Returns whether a kernel writes a port.
   *
   * @param kernel unit, memory or core
   * @throws IllegalStateException if nothing says so
   */
  static boolean written(String kernel, String port) {
    if (port.endsWith("_out") || port.endsWith("_in")) {
      return port.endsWith("_out");
    }
    String writer = WRITER.get(port);
    if (writer == null) {
      throw new IllegalStateException("nothing says which kernel writes the stream port " + port);
    }
    return writer.equals(kernel);
  }
}
