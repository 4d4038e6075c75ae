package io.github.lightmamba.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Every instance has a region that has the ports of its memory, and every region and border holds what {@code link.cfg}
 * puts there.
 */
final class RegionCheck {
  /** Sums in another order differ by less. */
  private static final double ROUNDING = 1e-9;

  private final BoardProfile board;
  private final LinkedKernels kernels;

  RegionCheck(BoardProfile board, LinkedKernels kernels) {
    this.board = board;
    this.kernels = kernels;
  }

  /**
   * Checks all.
   *
   * @param resources of each kernel
   * @param shareMax of any resource of a region, and of the wires of a border
   * @throws LinkFault if the link would fail
   */
  void check(KernelResources resources, double shareMax) {
    lines();
    memories();
    resources(resources, shareMax);
    for (Border border : borders()) {
      if (border.share() > shareMax) {
        throw new LinkFault(
            String.format(
                Locale.ROOT,
                "the streams between %s need %,d wires (estimated), there are %,d; %.0f %% are needed, %.0f %% are"
                    + " allowed",
                border.name(), border.wires(), border.available(), 100 * border.share(), 100 * shareMax));
      }
    }
  }

  /** Returns what crosses each border by {@code link.cfg}. */
  List<Border> borders() {
    BorderWires wires = new BorderWires(board);
    kernels.link().kernelOf().keySet().forEach(instance -> wires.kernel(region(instance)));
    for (String[] ends : kernels.link().links()) {
      wires.stream(
          kernels.stream(ends[0]).bits(), region(LinkedKernels.instance(ends[0])),
          region(LinkedKernels.instance(ends[1])));
    }
    return wires.borders();
  }

  /** Returns an instance's region; with one region there are no lines. */
  private String region(String instance) {
    return board.regions().size() == 1 ? board.regions().get(0).name() : kernels.link().regionOf().get(instance);
  }

  private void lines() {
    List<String> names = board.regions().stream().map(Region::name).toList();
    for (String instance : kernels.link().kernelOf().keySet()) {
      if (region(instance) == null) {
        throw new LinkFault(instance + " has no slr line");
      }
    }
    kernels.link().regionOf().forEach(
        (instance, region) -> {
          if (!kernels.link().kernelOf().containsKey(instance)) {
            throw new LinkFault("the slr line of " + instance + " names no instance");
          }
          if (!names.contains(region)) {
            throw new LinkFault(instance + " is put into " + region + ", the board has " + names);
          }
        });
  }

  private void memories() {
    kernels.link().memoryOf().forEach(
        (port, tag) -> {
          String region = region(LinkedKernels.instance(port));
          for (WeightMemory memory : board.weightMemories()) {
            if (MemoryCheck.kind(memory.tagOf(0)).equals(MemoryCheck.kind(tag))) {
              beside(port, tag, region, memory.region());
            }
          }
          if (board.coreMemory().tag().equals(tag)) {
            beside(port, tag, region, board.coreMemory().region());
          }
        });
  }

  private static void beside(String port, String tag, String region, String ports) {
    if (!ports.equals(region)) {
      throw new LinkFault(port + " reaches " + tag + " from " + region + "; the memory's ports are in " + ports);
    }
  }

  private void resources(KernelResources resources, double shareMax) {
    Map<String, Resources> used = new HashMap<>();
    kernels.link().kernelOf().forEach(
        (instance, kernel) -> used.merge(region(instance), resources.of(kernel), Resources::plus));
    for (Region region : board.regions()) {
      Resources needed = used.getOrDefault(region.name(), Resources.NONE);
      double share = needed.share(region.resources());
      if (share > shareMax + ROUNDING) {
        throw new LinkFault(
            String.format(
                Locale.ROOT,
                "%s has to hold %.0f LUT, %.0f DSP, %.0f BRAM and %.0f URAM (estimated), it has %.0f, %.0f, %.0f and"
                    + " %.0f; %.0f %% are needed of one of them, %.0f %% are allowed",
                region.name(), needed.lut(), needed.dsp(), needed.bram36(), needed.uram(), region.lut(), region.dsp(),
                region.bram36(), region.uram(), 100 * share, 100 * shareMax));
      }
    }
  }
}
