package io.github.lightmamba.xclbin;

import java.util.OptionalLong;

/**
 * Something with a place in the device, most often an instance of a kernel; {@code struct ip_data}.
 *
 * @param type number of {@code enum IP_TYPE}; {@link #KERNEL} is an instance of a kernel
 * @param name {@code kernel:instance}, cut by its writer at 63 characters
 * @param baseAddress of its registers; nothing for one without registers
 * @param control how it is started; {@code enum IP_CONTROL}: 0 ap_ctrl_hs, 1 ap_ctrl_chain, 2 ap_ctrl_none
 */
public record IpInstance(long type, String name, OptionalLong baseAddress, int control) {
  /** The type of an instance of a kernel. */
  public static final long KERNEL = 1;

  /** Returns whether it is an instance of a kernel. */
  public boolean isKernel() {
    return type == KERNEL;
  }

  /** Returns the kernel's name, the part before the colon. */
  public String kernel() {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  /** Returns the instance's name, the part after the colon. */
  public String instance() {
    return name.substring(name.indexOf(':') + 1);
  }
}
