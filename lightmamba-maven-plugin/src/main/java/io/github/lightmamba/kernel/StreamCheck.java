package io.github.lightmamba.kernel;

import java.util.Map;
import java.util.TreeMap;

/** Every stream port has one partner, and a stream leads from an output to an input of its width. */
final class StreamCheck {
  private final LinkedKernels kernels;

  StreamCheck(LinkedKernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Checks all.
   *
   * @throws LinkFault if the link would fail
   */
  void check() {
    Map<String, Integer> partners = new TreeMap<>();
    kernels.link().kernelOf().forEach(
        (instance, kernel) ->
            kernels.tops().get(kernel).streams().keySet().forEach(port -> partners.put(instance + "." + port, 0)));
    for (String[] ends : kernels.link().links()) {
      for (String end : ends) {
        if (partners.computeIfPresent(end, (port, count) -> count + 1) == null) {
          throw new LinkFault("stream_connect names " + end + ", which no kernel has");
        }
      }
      ends(ends[0], ends[1]);
    }
    partners.forEach(
        (port, count) -> {
          if (count != 1) {
            throw new LinkFault("the stream port " + port + " has " + count + " partners, it needs one");
          }
        });
  }

  private void ends(String from, String to) {
    StreamPort source = kernels.stream(from);
    StreamPort target = kernels.stream(to);
    if (!source.output() || target.output()) {
      throw new LinkFault(
          "a stream leads from " + from + ", " + (source.output() ? "an output" : "an input") + ", to " + to + ", "
              + (target.output() ? "an output" : "an input"));
    }
    if (source.bits() != target.bits()) {
      throw new LinkFault(from + " has " + source.bits() + " bits and " + to + " has " + target.bits());
    }
  }
}
