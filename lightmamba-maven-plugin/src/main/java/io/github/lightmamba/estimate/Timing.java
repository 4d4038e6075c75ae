package io.github.lightmamba.estimate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.AcceleratorSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The contract of the kernels' loops, {@code accelerator-src/timing.json}: initiation interval and latency of an
 * iteration by label.
 */
final class Timing {
  private static final String FILE = "timing.json";

  private final Map<String, Loop> loops;

  private Timing(Map<String, Loop> loops) {
    this.loops = loops;
  }

  /**
   * A loop.
   *
   * @param ii cycles between iterations
   * @param depth latency of an iteration
   */
  record Loop(int ii, int depth) {}

  static Timing read(AcceleratorSource source) {
    try {
      Map<String, Loop> loops = new HashMap<>();
      for (JsonNode loop : new ObjectMapper().readTree(source.read(FILE)).path("loops")) {
        loops.put(loop.path("loop").asText(), new Loop(loop.path("ii").asInt(), loop.path("depth").asInt()));
      }
      return new Timing(loops);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "The accelerator sources have no usable " + FILE + " (" + e.getMessage() + ").",
          "compare the file with the one of this version of the plugin.",
          e);
    }
  }

  Loop loop(String label) {
    Loop loop = loops.get(label);
    if (loop == null) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          FILE + " of the accelerator sources has no loop " + label + ".",
          "compare the file with the one of this version of the plugin.");
    }
    return loop;
  }
}
