package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.Refresh;
import io.github.lightmamba.kernel.WeightMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an estimate rests on, in words. */
final class Assumptions {
  private Assumptions() {}

  static List<String> of(EstimateRequest request, Design design) {
    List<String> lines = new ArrayList<>();
    lines.add("The kernels reach " + design.frequencyMhz() + " MHz; no tool has confirmed it.");
    lines.add(
        "Every loop has the initiation interval and depth of accelerator-src/timing.json, which build-bitstream holds"
            + " against csynth.xml; this estimate has read none.");
    for (WeightMemory memory : request.board().weightMemories()) {
      lines.add(
          String.format(
              Locale.ROOT, "%s sustains %.2f of %.2f GB/s%s: %s.", memory.name(), memory.sustainedGigabytesPerSecond(),
              memory.peakGigabytesPerSecond(), refresh(memory.refresh()), memory.source()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "Memory latency %.0f ns, %d words asked for ahead, %.0f ns lost at each change between reading and"
                + " writing; writes go out in bursts of %d words, %d of them under way, and are gathered by the memory, %d words"
                + " at a time.",
            BoardTimes.MEMORY_LATENCY_NANOSECONDS, BoardTimes.READ_AHEAD, BoardTimes.TURNAROUND_NANOSECONDS,
            BoardTimes.WRITE_BURST, BoardTimes.WRITES_OUTSTANDING, MemoryPort.WRITTEN_AT_ONCE));
    lines.add(
        String.format(
            Locale.ROOT,
            "A chain takes %d cycles a unit and %d more where it crosses into another region; %d words wait in a unit.",
            BoardTimes.HOP, BoardTimes.CROSSING, 2 * Depths.PREFETCH));
    lines.add("One unit stands for all: the one with the most rows, on the slowest port.");
    if (request.stateBits() == null) {
      lines.add("The state has " + EstimateRequest.ASSUMED_STATE_BITS + " bits in every head: quantize chooses more"
          + " where the decay is slow.");
    }
    lines.add("Resources follow from widths, not from synthesis; shares are of: " + request.board().regionsSource() + ".");
    return lines;
  }

  private static String refresh(Refresh refresh) {
    return refresh == null
        ? ", refresh included"
        : String.format(
            Locale.ROOT, ", with a refresh of %.0f ns every %.0f ns in it", refresh.nanoseconds(),
            refresh.intervalNanoseconds());
  }
}
