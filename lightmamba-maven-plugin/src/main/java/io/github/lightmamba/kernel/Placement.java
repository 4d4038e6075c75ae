package io.github.lightmamba.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The super logic region of every instance. Memory kernels lie where the ports are, the core beside its memory, and the
 * units, in the order of the chains, fill the regions from the first to the last up to the smallest share that has room
 * for all: so the chains cross each border once a direction. Where the links would need more than {@link
 * Design#SHARE_MAX} of the wires of a border, the lower regions are filled further.
 *
 * @param board the board
 * @param resources of the kernels
 * @param unitRegions region of every unit
 */
public record Placement(BoardProfile board, KernelResources resources, List<Region> unitRegions) {
  private static final double SHARE_MOST = 1000;
  private static final int STEPS = 60;

  /**
   * Returns the placement of a design: of those that keep the wires of every border under {@link Design#SHARE_MAX} the
   * one whose largest share of any resource of any region is smallest.
   */
  public static Placement of(BoardProfile board, int units, KernelResources resources) {
    Placement roomiest = smallest(board, units, resources, placement -> true);
    return roomiest.fitsBorders() ? roomiest : smallest(board, units, resources, Placement::fitsBorders);
  }

  private static Placement smallest(
      BoardProfile board, int units, KernelResources resources, Predicate<Placement> allowed) {
    double low = 0;
    double high = SHARE_MOST;
    Placement smallest = new Placement(board, resources, places(board, units, resources, high));
    for (int i = 0; i < STEPS; i++) {
      double middle = (low + high) / 2;
      Placement placement = new Placement(board, resources, places(board, units, resources, middle));
      if (placement.unitRegions.size() == units && allowed.test(placement)) {
        high = middle;
        smallest = placement;
      } else {
        low = middle;
      }
    }
    return smallest;
  }

  /** Returns the regions of the units, in their order, that fit under a share. */
  private static List<Region> places(BoardProfile board, int units, KernelResources resources, double share) {
    List<Region> result = new ArrayList<>();
    for (Region region : board.regions()) {
      Resources used = taken(board, units, resources, region).plus(resources.unit());
      while (result.size() < units && used.share(region.resources()) <= share) {
        result.add(region);
        used = used.plus(resources.unit());
      }
    }
    return List.copyOf(result);
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

  /** Returns the borders between the regions and the wires that the links need; none where there is one region. */
  public List<Border> borders() {
    return Connectivity.wires(board, unitRegions).borders();
  }

  private boolean fitsBorders() {
    return borders().stream().allMatch(border -> border.share() <= Design.SHARE_MAX);
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
