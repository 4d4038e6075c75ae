package io.github.lightmamba.kernel;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.util.Map;

/**
 * Proves of the generated files, read back, what a link would only find after hours, or never: every memory port is
 * mapped (an unmapped one silently goes to {@code HBM[0]}), no channel holds more than it can or has more masters than
 * it may, every stream leads from an output to an input of its width, every region holds what is assigned to it, and
 * every border between regions the wires of its streams.
 */
final class ConnectivityCheck {
  private ConnectivityCheck() {}

  /**
   * Checks a folder of kernels.
   *
   * @param images sizes by instance and port
   * @param resources of each kernel
   * @param shareMax largest share of any resource of a region, and of the wires of a border, that is allowed, at most 1
   * @throws LightMambaException {@link ErrorCode#DESIGN_INVALID}
   */
  static void check(
      KernelFolder folder, BoardProfile board, Map<String, ImageSize> images, KernelResources resources,
      double shareMax)
      throws IOException {
    try {
      LinkedKernels kernels = LinkedKernels.read(folder);
      new MemoryCheck(board, kernels).check(images, folder.design().slots());
      new StreamCheck(kernels).check();
      new RegionCheck(board, kernels).check(resources, shareMax);
    } catch (LinkFault fault) {
      throw new LightMambaException(
          ErrorCode.DESIGN_INVALID,
          "The accelerator for " + board.title() + " cannot be linked: " + fault.getMessage() + ".",
          "use fewer lanes (-Dlightmamba.lanes=4, or 1) or a board with more room; if you changed a board profile or a"
              + " template, compare it with the one of this version of the plugin.",
          fault);
    }
  }
}
