package io.github.lightmamba.kernel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every memory port is mapped, and no memory has more masters or bytes than it may. */
final class MemoryCheck {
  private final BoardProfile board;
  private final LinkedKernels kernels;
  private final Map<String, String> memoryOf;

  MemoryCheck(BoardProfile board, LinkedKernels kernels) {
    this.board = board;
    this.kernels = kernels;
    this.memoryOf = kernels.link().memoryOf();
  }

  /**
   * Checks all.
   *
   * @param images sizes by instance and port
   * @param slots state slots
   * @throws LinkFault if the link would fail
   */
  void check(Map<String, ImageSize> images, int slots) {
    mappings();
    masters();
    capacity(images, slots);
  }

  private void mappings() {
    Set<String> ports = new TreeSet<>();
    kernels.link().kernelOf().forEach(
        (instance, kernel) ->
            kernels.tops().get(kernel).bundleOf().keySet().forEach(port -> ports.add(instance + "." + port)));
    for (String port : ports) {
      if (!memoryOf.containsKey(port)) {
        throw new LinkFault("the memory port " + port + " has no sp line; Vitis would connect it to HBM[0]");
      }
    }
    for (String port : memoryOf.keySet()) {
      if (!ports.contains(port)) {
        throw new LinkFault("the sp line of " + port + " names a port that no kernel has");
      }
    }
  }

  /** A bundle is one master on every memory that its ports are mapped to. */
  private void masters() {
    Map<String, Integer> allowed = new HashMap<>();
    Set<String> kinds = new HashSet<>();
    for (WeightMemory memory : board.weightMemories()) {
      kinds.add(kind(memory.tagOf(0)));
      for (int p = 0; p < memory.ports(); p++) {
        allowed.put(memory.tagOf(p), memory.portsOfChannel(p));
      }
    }
    allowed.merge(board.coreMemory().tag(), board.coreMemory().masters(), Integer::sum);
    Map<String, Map<String, Set<String>>> masters = new TreeMap<>();
    memoryOf.forEach(
        (port, tag) ->
            masters
                .computeIfAbsent(tag, t -> new TreeMap<>())
                .computeIfAbsent(kernels.master(port), m -> new TreeSet<>())
                .add(port));
    // One is the host's.
    int total = 1;
    for (Map.Entry<String, Map<String, Set<String>>> of : masters.entrySet()) {
      int most = allowed.getOrDefault(of.getKey(), 0);
      if (of.getValue().size() > most) {
        throw new LinkFault(
            of.getKey() + " has " + of.getValue().size() + " masters (ports " + of.getValue().values()
                + "), it serves " + most);
      }
      total += kinds.contains(kind(of.getKey())) ? of.getValue().size() : 0;
    }
    if (total > board.memoryMastersMax()) {
      throw new LinkFault(
          total + " masters on the weight memories, the host's included; the board has room for "
              + board.memoryMastersMax());
    }
  }

  /** A tag without its channel. */
  static String kind(String tag) {
    return tag.replaceAll("\\d", "");
  }

  private void capacity(Map<String, ImageSize> images, int slots) {
    Map<String, Long> bytes = new TreeMap<>();
    Map<String, Set<String>> ports = new TreeMap<>();
    images.forEach(
        (port, size) -> {
          String tag = memoryOf.get(port);
          bytes.merge(tag, (size.words() + size.state() * slots) * Schedule.WORD_BYTES, Long::sum);
          ports.computeIfAbsent(tag, t -> new TreeSet<>()).add(port);
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
            throw new LinkFault(
                String.format(
                    Locale.ROOT, "%s has to hold %,d bytes for %s, it has %,d", tag, used, ports.get(tag),
                    room.getOrDefault(tag, 0L)));
          }
        });
  }
}
