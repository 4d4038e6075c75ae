package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The generated files, read back: {@code link.cfg} and the tops of its kernels.
 *
 * @param link what is connected
 * @param tops by kernel
 */
record LinkedKernels(LinkFile link, Map<String, TopPorts> tops) {
  private static final String PREFIX = "lightmamba_";

  /**
   * Reads a folder of kernels.
   *
   * @throws LinkFault if the files contradict themselves
   */
  static LinkedKernels read(KernelFolder folder) throws IOException {
    Path sources = folder.root().resolve(KernelFolder.SOURCES);
    LinkFile link = LinkFile.read(sources.resolve("link.cfg"));
    Map<String, TopPorts> tops = new TreeMap<>();
    for (String kernel : new String[] {"unit", "memory", "core"}) {
      tops.put(PREFIX + kernel, TopPorts.read(kernel, sources.resolve(kernel + ".cpp")));
    }
    link.kernelOf().forEach(
        (instance, kernel) -> {
          if (!tops.containsKey(kernel)) {
            throw new LinkFault(instance + " is a " + kernel + ", which is no kernel");
          }
        });
    return new LinkedKernels(link, tops);
  }

  /** Returns the instance of an instance's port. */
  static String instance(String port) {
    return port.substring(0, port.indexOf('.'));
  }

  /** Returns the top of an instance's port. */
  TopPorts top(String port) {
    return tops.get(link.kernelOf().get(instance(port)));
  }

  /** Returns the stream port of that name; an instance and a port. */
  StreamPort stream(String port) {
    return top(port).streams().get(port.substring(port.indexOf('.') + 1));
  }

  /** Returns the AXI master of a memory port; an instance and a bundle. */
  String master(String port) {
    return instance(port) + "." + top(port).bundleOf().get(port.substring(port.indexOf('.') + 1));
  }
}
