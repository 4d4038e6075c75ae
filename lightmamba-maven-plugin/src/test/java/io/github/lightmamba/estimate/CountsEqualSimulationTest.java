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
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import io.github.lightmamba.verify.SimulatedRun;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every stream and port that the estimate simulates carries as much as the same one in C simulation, exactly, and every
 * stream holds as much.
 */
class CountsEqualSimulationTest {
  private static final List<String> UNIT_STREAMS =
      List.of(
          "prefetched", "records", "gate_table", "scales", "rows", "contexts", "state_words", "vectors", "states",
          "mantissas", "row_scales", "norms", "products", "convolved", "gates", "shared", "x", "operands", "channels",
          "y", "new_words", "new_contexts", "gate_shifts", "gated", "projected");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // scheme, board, units, T, cycles of a word, words of state on chip, layers of it, tokens, sequences, decode
    "W8A8, U280, 31, 1, 1, 0, 0, 11, 1, false",
    "W8A8, VCK190, 9, 4, 1, 0, 0, 11, 1, false",
    "W8A8, VCK190, 3, 8, 4, ONE_LAYER, 1, 11, 1, false",
    "W8A8, U280, 2, 4, 2, ONE_LAYER, 0, 4, 3, true",
    "W4A4, U280, 31, 4, 2, 0, 0, 4, 1, true",
    "W4A8, VCK190, 9, 8, 2, 0, 0, 4, 1, true",
    "W4A4, VCK190, 9, 8, 2, 0, 0, 11, 1, false",
  })
  void streamsAndPortsCarryTheSame(
      Scheme scheme, Board board, int units, int lanes, int cycles, String store, int kept, int tokens, int sequences,
      boolean decode)
      throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.quantized(TinyModels.TIED, scheme, 8, 16);
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

    Map<String, String> names = estimatedNames(units);
    Map<String, Long> counted = new TreeMap<>();
    Map<String, Long> estimated = new TreeMap<>();
    Map<String, Integer> depths = new TreeMap<>();
    Set<String> notSimulated = new TreeSet<>(result.items().keySet());
    Set<String> notEstimated = new TreeSet<>();
    for (JsonNode stream : statistics.path("streams")) {
      String name = stream.path("kernel").asText() + "." + stream.path("stream").asText();
      String inEstimate = names.getOrDefault(name, name.replaceFirst("^(unit0|core)\\.", ""));
      if (notCompared(units).contains(name) || !result.items().containsKey(inEstimate)) {
        notEstimated.add(name);
      } else {
        counted.put(name, stream.path("items").asLong());
        estimated.put(name, result.items().get(inEstimate));
        notSimulated.remove(inEstimate);
        depths.merge(inEstimate, stream.path("depth").asInt(), Integer::sum);
      }
    }
    assertThat(estimated).isEqualTo(counted);
    assertThat(notEstimated).isEqualTo(notCompared(units));
    assertThat(notSimulated).isEmpty();
    assertThat(new TreeMap<>(result.depths())).isEqualTo(depths);

    Map<String, Long> beats = new TreeMap<>();
    for (JsonNode port : statistics.path("ports")) {
      beats.put(port.path("kernel").asText() + "." + port.path("port").asText(), port.path("beats").asLong());
    }
    // The trace is off in the estimate; unit 0 stands for the others.
    assertThat(beats.remove("core.trace")).isNotNull();
    for (int unit = 1; unit < units; unit++) {
      assertThat(beats.remove("memory" + unit + ".weights")).isNotNull();
      assertThat(beats.remove("memory" + unit + ".state")).isNotNull();
    }
    // The estimate has one memory behind both of the core's ports of words.
    beats.put("core memory", beats.remove("core.parameters") + beats.remove("core.embedding"));
    assertThat(beats)
        .isEqualTo(
            Map.of(
                "memory0.weights", result.readWords(),
                "memory0.state", result.writtenWords(),
                "core memory", result.coreReadWords(),
                "core.token_in", (long) sequences * (decode ? 1 : tokens),
                "core.token_out", (long) sequences * tokens));
  }

  /**
   * Streams that the estimate names otherwise than the simulation does: the links, and streams of the core that a unit
   * has too. The chains run through all units, and the estimate has one stream for all links of a chain that carry the
   * same: the word that closes the activation chain goes on alone behind the last unit, and the beat that opens the
   * result chain is alone in front of the first.
   */
  private static Map<String, String> estimatedNames(int units) {
    Map<String, String> names = new HashMap<>();
    for (String name : List.of("shared", "gated", "projected", "vectors")) {
      names.put("core." + name, "core." + name);
    }
    names.put("link.words_link0", "words");
    names.put("link.state_link0", "state_out");
    names.put("link.go_link0", "go");
    names.put("link.done_link0", "done");
    for (int link = 0; link <= units; link++) {
      names.put("link.activation_link" + link, link < units ? "activation" : "activation.closing");
      names.put("link.result_link" + link, link > 0 ? "result" : "result.opening");
    }
    return names;
  }

  /** Streams of the simulation that the estimate does not have. */
  private static Set<String> notCompared(int units) {
    Set<String> names = new TreeSet<>();
    // The trace is off in the estimate.
    names.add("core.traced_residuals");
    names.add("core.traced_logits");
    // Addresses: in the estimate write_state knows where the state stands.
    names.add("memory0.places");
    // In the estimate unit 0 stands for the others.
    for (int unit = 1; unit < units; unit++) {
      names.add("memory" + unit + ".places");
      for (String link : List.of("words", "state", "go", "done")) {
        names.add("link." + link + "_link" + unit);
      }
      for (String stream : UNIT_STREAMS) {
        names.add("unit" + unit + "." + stream);
      }
    }
    return names;
  }
}
