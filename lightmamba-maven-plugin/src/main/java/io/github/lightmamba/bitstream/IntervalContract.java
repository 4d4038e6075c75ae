package io.github.lightmamba.bitstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.vitis.CsynthLoop;
import io.github.lightmamba.vitis.CsynthReports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What {@code accelerator-src/timing.json} promises of the kernels' loops: the cycles from one iteration to the next.
 *
 * @param loops interval by loop, by kernel without its prefix
 */
record IntervalContract(Map<String, Map<String, Integer>> loops) {
  private static final String PREFIX = "lightmamba_";

  /**
   * A loop that is not as promised, or that no report tells of.
   *
   * @param loop its label
   * @param promised cycles
   * @param synthesised cycles; nothing, if no report tells
   */
  record Deviation(String loop, int promised, OptionalLong synthesised) {}

  /** Reads the file. */
  static IntervalContract read(byte[] json) {
    Map<String, Map<String, Integer>> loops = new TreeMap<>();
    try {
      for (JsonNode entry : new ObjectMapper().readTree(json).required("loops")) {
        loops
            .computeIfAbsent(entry.required("kernel").asText(), name -> new TreeMap<>())
            .put(entry.required("loop").asText(), entry.required("ii").asInt());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "timing.json of the accelerator sources is no list of loops (" + e.getMessage() + ").",
          "compare the file with the one of this version of the plugin.",
          e);
    }
    return new IntervalContract(loops);
  }

  /** Returns the loops of a kernel that are slower than promised, and those that no report tells of. */
  List<Deviation> deviations(String kernel, CsynthReports reports) {
    Map<String, Long> found = new TreeMap<>();
    reports.modules().values().forEach(report -> collect(report.module().loops(), found));
    List<Deviation> deviations = new ArrayList<>();
    promised(kernel)
        .forEach(
            (loop, promised) -> {
              Long interval = found.get(loop);
              if (interval == null) {
                deviations.add(new Deviation(loop, promised, OptionalLong.empty()));
              } else if (interval > promised) {
                deviations.add(new Deviation(loop, promised, OptionalLong.of(interval)));
              }
            });
    return deviations;
  }

  /** Returns the cycles promised for a kernel, by loop. */
  Map<String, Integer> promised(String kernel) {
    String plain = kernel.startsWith(PREFIX) ? kernel.substring(PREFIX.length()) : kernel;
    return loops.getOrDefault(plain, Map.of());
  }

  private static void collect(List<CsynthLoop> among, Map<String, Long> found) {
    for (CsynthLoop loop : among) {
      loop.interval().ifPresent(interval -> found.merge(loop.name(), interval, Math::max));
      collect(loop.inner(), found);
    }
  }
}
