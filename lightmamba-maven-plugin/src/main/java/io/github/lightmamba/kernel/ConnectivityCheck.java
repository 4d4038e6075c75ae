package io.github.lightmamba.kernel;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Proves of the generated files, read back, what a link would only find after hours, or never: every memory port is
 * mapped (an unmapped one silently goes to {@code HBM[0]}), no channel holds more than it can or has more masters than it
 * may, every stream has one writer and one reader of its width, every region holds what is assigned to it.
 */
final class ConnectivityCheck {
  private final BoardProfile board;
  private final LinkFile link;
  private final Map<String, TopPorts> tops = new TreeMap<>();

  private ConnectivityCheck(BoardProfile board, LinkFile link) {
    this.board = board;
    this.link = link;
  }

  /**
   * Checks a folder of kernels.
   *
   * @param images sizes by instance and port
   * @param slots state slots
   * @throws LightMambaException {@link ErrorCode#DESIGN_INVALID}
   */
  static void check(
      KernelFolder folder, BoardProfile board, Map<String, ImageSize> images, Placement placement)
      throws IOException {
    Path sources = folder.root().resolve(KernelFolder.SOURCES);
    ConnectivityCheck check = new ConnectivityCheck(board, LinkFile.read(sources.resolve("link.cfg")));
    for (String kernel : Set.of("unit", "memory", "core")) {
      check.tops.put("lightmamba_" + kernel, TopPorts.read(sources.resolve(kernel + ".cpp")));
    }
    check.memories();
    check.masters();
    check.capacity(images, folder.design().slots());
    check.streams();
    check.regions(placement);
  }

  private void memories() {
    Set<String> ports = new HashSet<>();
    link.kernelOf().forEach(
        (instance, kernel) -> tops.get(kernel).memories().forEach(port -> ports.add(instance + "." + port)));
    for (String port : ports) {
      if (!link.memoryOf().containsKey(port)) {
        throw invalid("the memory port " + port + " has no sp line; Vitis would connect it to HBM[0]");
      }
    }
    for (String port : link.memoryOf().keySet()) {
      if (!ports.contains(port)) {
        throw invalid("the sp line of " + port + " names a port that no kernel has");
      }
    }
  }

  /** A bundle is a master on every memory that its ports are mapped to; those of a bundle have to agree. */
  private void masters() {
    Map<String, Integer> masters = new TreeMap<>();
    for (WeightMemory memory : board.weightMemories()) {
      for (int p = 0; p < memory.ports(); p++) {
        masters.put(memory.tagOf(p), memory.portsOfChannel(p));
      }
    }
    Map<String, Set<String>> users = new TreeMap<>();
    link.memoryOf().forEach(
        (port, tag) -> {
          String instance = port.substring(0, port.indexOf('.'));
          if (tops.get(link.kernelOf().get(instance)).bundles().size() == 1) {
            users.computeIfAbsent(tag, t -> new HashSet<>()).add(instance);
          }
        });
    int total = 0;
    for (Map.Entry<String, Set<String>> user : users.entrySet()) {
      int allowed = masters.getOrDefault(user.getKey(), 0);
      if (user.getValue().size() > allowed) {
        throw invalid(
            user.getKey() + " has " + user.getValue().size() + " masters " + user.getValue() + ", it serves "
                + allowed);
      }
      total += user.getValue().size();
    }
    // One is the host's.
    if (total + 1 > board.memoryMastersMax()) {
      throw invalid(
          (total + 1) + " masters on the weight memories, the host's included; the board has room for "
              + board.memoryMastersMax());
    }
  }

  private void capacity(Map<String, ImageSize> images, int slots) {
    Map<String, Long> bytes = new TreeMap<>();
    images.forEach(
        (port, size) -> {
          String tag = link.memoryOf().get(port);
          bytes.merge(tag, (size.words() + size.state() * slots) * Schedule.WORD_BYTES, Long::sum);
        });
    Map<String, Long> room = new HashMap<>();
    room.put(board.coreMemory().tag(), board.coreMemory().bytes());
    for (WeightMemory memory : board.weightMemories()) {
      for (int p = 0; p < memory.ports(); p++) {
        room.put(memory.tagOf(p), memory.bytesPerChannel());
      }
    }
    bytes.forEach(
        (tag, used) -> {
          if (used > room.getOrDefault(tag, 0L)) {
            throw invalid(
                String.format(
                    Locale.ROOT, "%s has to hold %,d bytes, it has %,d", tag, used, room.getOrDefault(tag, 0L)));
          }
        });
  }

  private void streams() {
    Map<String, Integer> uses = new TreeMap<>();
    link.kernelOf().forEach(
        (instance, kernel) -> tops.get(kernel).streams().keySet().forEach(port -> uses.put(instance + "." + port, 0)));
    for (String[] ends : link.links()) {
      for (String end : ends) {
        if (!uses.containsKey(end)) {
          throw invalid("stream_connect names " + end + ", which no kernel has");
        }
        uses.merge(end, 1, Integer::sum);
      }
      if (width(ends[0]) != width(ends[1])) {
        throw invalid(
            ends[0] + " has " + width(ends[0]) + " bits and " + ends[1] + " has " + width(ends[1]));
      }
    }
    uses.forEach(
        (port, count) -> {
          if (count != 1) {
            throw invalid("the stream port " + port + " has " + count + " partners, it needs one");
          }
        });
  }

  private int width(String end) {
    String instance = end.substring(0, end.indexOf('.'));
    return tops.get(link.kernelOf().get(instance)).streams().get(end.substring(end.indexOf('.') + 1));
  }

  private void regions(Placement placement) {
    boolean several = board.regions().size() > 1;
    for (String instance : link.kernelOf().keySet()) {
      if (several && !link.regionOf().containsKey(instance)) {
        throw invalid(instance + " has no slr line");
      }
    }
    link.memoryOf().forEach(
        (port, tag) -> {
          String instance = port.substring(0, port.indexOf('.'));
          for (WeightMemory memory : board.weightMemories()) {
            boolean here = memory.tagOf(0).replaceAll("\\d", "").equals(tag.replaceAll("\\d", ""));
            if (several && here && !memory.region().equals(link.regionOf().get(instance))) {
              throw invalid(
                  instance + " reads " + tag + " from " + link.regionOf().get(instance) + "; the ports are in "
                      + memory.region());
            }
          }
        });
    for (Region region : board.regions()) {
      Resources used = placement.used(region);
      if (used.share(region.resources()) > 1) {
        throw invalid(
            String.format(
                Locale.ROOT,
                "%s has to hold %.0f LUT, %.0f DSP, %.0f BRAM and %.0f URAM (estimated), it has %.0f, %.0f, %.0f and"
                    + " %.0f",
                region.name(), used.lut(), used.dsp(), used.bram36(), used.uram(), region.lut(), region.dsp(),
                region.bram36(), region.uram()));
      }
    }
  }

  private LightMambaException invalid(String what) {
    return new LightMambaException(
        ErrorCode.DESIGN_INVALID,
        "The accelerator for " + board.title() + " cannot be linked: " + what + ".",
        "use fewer lanes (-Dlightmamba.lanes=4, or 1) or a board with more room; if you changed a board profile or a"
            + " template, compare it with the one of this version of the plugin.");
  }
}
