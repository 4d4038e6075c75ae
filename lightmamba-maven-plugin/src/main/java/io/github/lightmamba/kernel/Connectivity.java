package io.github.lightmamba.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which kernels a design has and what they are connected to: the content of {@code link.cfg}.
 *
 * @param kernels kernels and their instances
 * @param mappings memory ports to memories
 * @param regions instances to super logic regions; empty where the device has one
 * @param streams links between instances
 */
public record Connectivity(
    List<Kernel> kernels, List<Mapping> mappings, List<InRegion> regions, List<Link> streams) {
  // Beats of the links; depths.hpp says the same, and the C simulation runs with it.
  private static final int CHAIN_DEPTH = 16;
  private static final int WORD_DEPTH = 64;
  private static final int STATE_DEPTH = 16;
  private static final int SIGNAL_DEPTH = 16;

  // TDATA of the links, as the kernels declare them; Placement counts wires before there are kernels.
  private static final int[] CHAIN_BITS = {512, 512};
  private static final int[] UNIT_BITS = {520, 128, 8, 8};

  /**
   * A kernel.
   *
   * @param name of its top function
   * @param instances names
   */
  public record Kernel(String name, List<String> instances) {}

  /**
   * A memory port.
   *
   * @param port instance and port
   * @param memory tag
   */
  public record Mapping(String port, String memory) {}

  /**
   * Where an instance lies.
   *
   * @param instance the instance
   * @param name of the region
   */
  public record InRegion(String instance, String name) {}

  /**
   * A link.
   *
   * @param from instance and port
   * @param to instance and port
   * @param depth beats of its FIFO
   */
  public record Link(String from, String to, int depth) {}

  /** Returns the connectivity of a design. */
  static Connectivity of(BoardProfile board, Design design, Placement placement) {
    int units = design.units();
    List<Kernel> kernels =
        List.of(
            new Kernel("lightmamba_core", List.of("core")),
            new Kernel("lightmamba_memory", named("memory_", units)),
            new Kernel("lightmamba_unit", named("unit_", units)));
    return new Connectivity(kernels, mappings(board, units), placement.instances(), streams(units));
  }

  /**
   * Returns the wires that the links of a placement need.
   *
   * @param unitRegions region of every unit
   */
  static BorderWires wires(BoardProfile board, List<Region> unitRegions) {
    BorderWires wires = new BorderWires(board);
    String core = board.coreMemory().region();
    String before = core;
    wires.kernel(core);
    for (int u = 0; u < unitRegions.size(); u++) {
      String memory = board.port(u).memory().region();
      String unit = unitRegions.get(u).name();
      wires.kernel(memory);
      wires.kernel(unit);
      for (int bits : UNIT_BITS) {
        wires.stream(bits, memory, unit);
      }
      for (int bits : CHAIN_BITS) {
        wires.stream(bits, before, unit);
      }
      before = unit;
    }
    for (int bits : CHAIN_BITS) {
      wires.stream(bits, before, core);
    }
    return wires;
  }

  private static List<String> named(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static List<Mapping> mappings(BoardProfile board, int units) {
    List<Mapping> mappings = new ArrayList<>();
    for (String port : List.of("parameters", "embedding", "token_in", "token_out", "trace")) {
      mappings.add(new Mapping("core." + port, board.coreMemory().tag()));
    }
    for (int u = 0; u < units; u++) {
      String tag = board.port(u).tag();
      mappings.add(new Mapping("memory_" + u + ".weights", tag));
      mappings.add(new Mapping("memory_" + u + ".state", tag));
    }
    return mappings;
  }

  private static List<Link> streams(int units) {
    List<Link> links = new ArrayList<>();
    for (String chain : List.of("activation", "result")) {
      String from = "core." + chain + "_out";
      for (int u = 0; u < units; u++) {
        links.add(new Link(from, "unit_" + u + "." + chain + "_in", CHAIN_DEPTH));
        from = "unit_" + u + "." + chain + "_out";
      }
      links.add(new Link(from, "core." + chain + "_in", CHAIN_DEPTH));
    }
    for (int u = 0; u < units; u++) {
      links.add(new Link("memory_" + u + ".words", "unit_" + u + ".words", WORD_DEPTH));
      links.add(new Link("unit_" + u + ".state_out", "memory_" + u + ".state_in", STATE_DEPTH));
      links.add(new Link("unit_" + u + ".go", "memory_" + u + ".go", SIGNAL_DEPTH));
      links.add(new Link("memory_" + u + ".done", "unit_" + u + ".done", SIGNAL_DEPTH));
    }
    return links;
  }
}
