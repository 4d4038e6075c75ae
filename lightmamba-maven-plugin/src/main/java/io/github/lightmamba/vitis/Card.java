package io.github.lightmamba.vitis;

import java.util.Set;

/**
 * A card that XRT sees.
 *
 * @param address on the PCIe bus, for example {@code 0000:04:00.1}
 * @param shell vendor, board, name and version of its shell; empty, if XRT does not say
 * @param ready whether it can be used
 * @param interfaces what its shell offers to a bitstream, as 32 hexadecimal digits; empty, if the driver does not say
 */
public record Card(String address, String shell, boolean ready, Set<String> interfaces) {
  /** Returns it for people. */
  public String line() {
    return address + " with " + (shell.isEmpty() ? "an unknown shell" : shell) + (ready ? "" : ", not ready");
  }
}
