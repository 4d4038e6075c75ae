package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Board;
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
  private static final int PROMPT = 11;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"U280, 1", "VCK190, 4"})
  void streamsAndPortsCarryTheSame(Board board, int lanes) throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.tied();
    int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), 5);
    SimulatedRun simulated = SimulatedRun.prefill(folder, model, board, lanes, prompt);

    Schedule schedule = Schedule.of(model, simulated.design().units());
    Workload work =
        new Workload(
            Models.board(board), simulated.design(), schedule, model.activationBits(), model.activationGroup(),
            StateLayout.widths(model));
    DesignSimulation.Result result =
        new DesignSimulation(work, Timing.read(Models.SOURCE)).run(new LanePlan(lanes, PROMPT, 1, false), true, true);

    Map<String, Long> counted = new TreeMap<>();
    for (JsonNode stream : simulated.statistics().path("streams")) {
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
    for (JsonNode port : simulated.statistics().path("ports")) {
      if (port.path("kernel").asText().equals("memory0")) {
        long beats = port.path("port").asText().equals("state") ? result.writtenWords() : result.readWords();
        assertThat(beats).as(port.toString()).isEqualTo(port.path("beats").asLong());
      }
    }
  }
}
