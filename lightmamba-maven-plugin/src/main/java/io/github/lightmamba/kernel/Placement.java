package io.github.lightmamba.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * The super logic region of every instance. Memory kernels lie where the ports are, the core beside its memory, and the
 * units, in the order of the chains, fill the regions from the first to the last in proportion to what those have left:
 * so the chains cross each border once a direction.
 *
 * @param board the board
 * @param resources of the kernels
 * @param unitRegions region of every unit
 */
public record Placement(BoardProfile board, KernelResources resources, List<Region> unitRegions) {
  /** Returns the placement of a design. */
  static Placement of(BoardProfile board, int units, KernelResources resources) {
    List<Region> regions = board.regions();
    double[] room = new double[regions.size()];
    double total = 0;
    for (int r = 0; r < room.length; r++) {
      room[r] = Math.max(0, unitsThatFit(regions.get(r), taken(board, units, resources, regions.get(r)), resources));
      total += room[r];
    }
    List<Region> result = new ArrayList<>();
    double filled = 0;
    int region = 0;
    double end = room[0];
    for (int u = 0; u < units; u++) {
      while (region < room.length - 1 && filled + total / units / 2 > end) {
        end += room[++region];
      }
      result.add(regions.get(region));
      filled += total / units;
    }
    return new Placement(board, resources, List.copyOf(result));
  }

  /** Returns what memory kernels and core take of a region. */
  private static Resources taken(BoardProfile board, int units, KernelResources resources, Region region) {
    Resources taken = Resources.NONE;
    for (int u = 0; u < units; u++) {
      if (board.port(u).memory().region().equals(region.name())) {
        taken = taken.plus(resources.memory());
      }
    }
    return board.coreMemory().region().equals(region.name()) ? taken.plus(resources.core()) : taken;
  }

  /** Returns how many units fit into what is left of a region; a fraction counts. */
  private static double unitsThatFit(Region region, Resources taken, KernelResources resources) {
    double low = 0;
    double high = 1000;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (taken.plus(resources.unit().times(middle)).share(region.resources()) <= 1) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns what a region's instances need. */
  public Resources used(Region region) {
    Resources used = taken(board, unitRegions.size(), resources, region);
    for (Region of : unitRegions) {
      used = of.equals(region) ? used.plus(resources.unit()) : used;
    }
    return used;
  }

  /** Returns the largest share of any resource of any region. */
  public double largestShare() {
    return board.regions().stream().mapToDouble(region -> used(region).share(region.resources())).max().orElse(0);
  }

  /** Returns the region of every instance; none where the device has only one. */
  List<Connectivity.InRegion> instances() {
    if (board.regions().size() == 1) {
      return List.of();
    }
    List<Connectivity.InRegion> result = new ArrayList<>();
    result.add(new Connectivity.InRegion("core", board.coreMemory().region()));
    for (int u = 0; u < unitRegions.size(); u++) {
      result.add(new Connectivity.InRegion("memory_" + u, board.port(u).memory().region()));
    }
    for (int u = 0; u < unitRegions.size(); u++) {
      result.add(new Connectivity.InRegion("unit_" + u, unitRegions.get(u).name()));
    }
    return result;
  }
}
