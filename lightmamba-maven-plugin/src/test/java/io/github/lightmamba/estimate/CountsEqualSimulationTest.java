package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.quantize.TinyModels;
import io.github.lightmamba.verify.SimulatedRun;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every stream and port that the estimate simulates carries as much as the same one in C simulation, exactly. */
class CountsEqualSimulationTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // board, units, T, cycles of a word, words of state on chip, layers of it, tokens, sequences, decode
    "U280, 31, 1, 1, 0, 0, 11, 1, false",
    "VCK190, 9, 4, 1, 0, 0, 11, 1, false",
    "VCK190, 3, 8, 4, ONE_LAYER, 1, 11, 1, false",
    "U280, 2, 4, 2, ONE_LAYER, 0, 4, 3, true",
  })
  void streamsAndPortsCarryTheSame(
      Board board, int units, int lanes, int cycles, String store, int kept, int tokens, int sequences, boolean decode)
      throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.tied();
    byte[][] widths = StateLayout.widths(model);
    int lines = store.equals("0") ? 0 : Math.toIntExact(
        StateLayout.unitWords(model.shape(), units, 0, new byte[][] {widths[0]}));
    Design design =
        new Design(units, lanes, cycles, lanes / cycles, 0, 16, 8, lines, Models.board(board).multiplier(), 250);
    LanePlan plan = new LanePlan(lanes, tokens, sequences, decode);
    JsonNode statistics = SimulatedRun.statistics(folder, model, design, plan);

    Workload work =
        new Workload(
            Models.board(board), design, Schedule.of(model, units), model.activationBits(), model.activationGroup(),
            widths, design.keptLayers(model));
    assertThat(sequences > 1 ? 0 : work.keptLayers()).isEqualTo(kept);
    DesignSimulation.Result result =
        new DesignSimulation(work, Timing.read(Models.SOURCE)).run(plan, true, true);

    Map<String, Long> counted = new TreeMap<>();
    for (JsonNode stream : statistics.path("streams")) {
      String kernel = stream.path("kernel").asText();
      String name = stream.path("stream").asText();
      boolean core = kernel.equals("core");
      if (core || kernel.equals("unit0") || kernel.equals("memory0")) {
        String key = core && result.items().containsKey("core." + name) ? "core." + name : name;
        // The trace is off in the estimate.
        if (result.items().containsKey(key) && !name.startsWith("traced")) {
          counted.put(key, stream.path("items").asLong());
        }
      }
    }
    Map<String, Long> estimated = new TreeMap<>(result.items());
    estimated.keySet().retainAll(counted.keySet());
    assertThat(counted).hasSizeGreaterThan(30);
    assertThat(estimated).isEqualTo(counted);
    for (JsonNode port : statistics.path("ports")) {
      if (port.path("kernel").asText().equals("memory0")) {
        long beats = port.path("port").asText().equals("state") ? result.writtenWords() : result.readWords();
        assertThat(beats).as(port.toString()).isEqualTo(port.path("beats").asLong());
      }
    }
  }
}
