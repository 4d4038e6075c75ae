package io.github.lightmamba.vitis;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A module as synthesised: an estimate, before placement.
 *
 * @param name of the module, the function's name or a generated one ({@code *_Pipeline_<LOOP>}, {@code entry_proc},
 *     {@code Block_*}, {@code dataflow_parent_loop_proc*})
 * @param estimatedPeriodNs the clock period that it would take, in ns
 * @param pipelineType as printed
 * @param latency from the best to the worst case; nothing, if it depends on data
 * @param interval cycles from one start to the next; nothing, if it depends on data, and always nothing in the
 *     aggregate report, which does not tell it
 * @param loops the outermost loops
 * @param area what it takes
 * @param available what the device has
 */
public record CsynthModule(
    String name,
    OptionalDouble estimatedPeriodNs,
    String pipelineType,
    Optional<CycleRange> latency,
    Optional<CycleRange> interval,
    List<CsynthLoop> loops,
    Area area,
    Area available) {
  /**
   * Finds a loop at any depth.
   *
   * @param loop its label
   */
  public Optional<CsynthLoop> loop(String loop) {
    return find(loops, loop);
  }

  private static Optional<CsynthLoop> find(List<CsynthLoop> among, String name) {
    for (CsynthLoop loop : among) {
      Optional<CsynthLoop> found = loop.name().equals(name) ? Optional.of(loop) : find(loop.inner(), name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
