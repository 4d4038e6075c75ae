package io.github.lightmamba.bitstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a build in the ledger. */
final class LedgerRows {
  /** The estimates of resources, which {@code generate-kernels} leaves beside the sources. */
  static final String ESTIMATES = "resources.json";

  private static final String PREFIX = "lightmamba_";
  private static final List<String> RESOURCES = List.of("lut", "ff", "dsp", "bram36", "uram");

  private LedgerRows() {}

  static List<Ledger.Row> of(BitstreamRequest request, BuildPlan plan, BitstreamReport report) throws IOException {
    Path file = request.kernels().resolve(ESTIMATES);
    JsonNode estimates = Files.exists(file) ? Json.read(file, JsonNode.class) : null;
    String design = design(report);
    List<Ledger.Row> rows = new ArrayList<>();
    Map<String, Double> sums = new LinkedHashMap<>();
    for (BitstreamReport.Kernel kernel : report.kernels()) {
      long instances =
          plan.kernels().link().instances().values().stream().filter(kernel.name()::equals).count();
      Map<String, Ledger.Values> figures = new LinkedHashMap<>();
      for (String resource : RESOURCES) {
        Double estimate = estimate(estimates, kernel.name(), resource);
        Double csynth = csynth(kernel.area(), resource);
        if (estimate != null || csynth != null) {
          figures.put(resource, Ledger.Values.of(estimate, csynth, null, null));
        }
        if (csynth != null) {
          sums.merge(resource, csynth * instances, Double::sum);
        }
      }
      if (kernel.estimatedMhz() != null) {
        figures.put("MHz", Ledger.Values.of((double) report.clock().askedMhz(), kernel.estimatedMhz(), null, null));
      }
      kernel.intervals()
          .forEach((loop, ii) -> figures.put("II " + loop, Ledger.Values.of(null, (double) ii, null, null)));
      rows.add(new Ledger.Row(report.board(), design, kernel.name(), report.vitis(), figures));
    }
    rows.add(new Ledger.Row(report.board(), design, "design", report.vitis(), whole(report, sums)));
    return rows;
  }

  /** The shell is in the figures of routing and not in those of synthesis. */
  private static Map<String, Ledger.Values> whole(BitstreamReport report, Map<String, Double> sums) {
    Map<String, Ledger.Values> figures = new LinkedHashMap<>();
    figures.put(
        "MHz", Ledger.Values.of((double) report.clock().askedMhz(), null, report.clock().reachedMhz(), null));
    for (String resource : RESOURCES) {
      BitstreamReport.Used used = report.utilisation().get(resource);
      Double sum = sums.get(resource);
      if (used != null || sum != null) {
        String name = used == null ? resource : resource + " (routed with the shell)";
        figures.put(name, Ledger.Values.of(null, sum, used == null ? null : used.used(), null));
      }
    }
    return figures;
  }

  private static String design(BitstreamReport report) {
    StringBuilder kernels = new StringBuilder();
    report.steps().stream()
        .filter(step -> step.step().startsWith("compile-"))
        .forEach(step -> kernels.append(step.fingerprint()));
    return Sha256.of(kernels.toString()).substring(0, 12);
  }

  private static Double estimate(JsonNode estimates, String kernel, String resource) {
    String plain = kernel.startsWith(PREFIX) ? kernel.substring(PREFIX.length()) : kernel;
    JsonNode value = estimates == null ? null : estimates.path(plain).path(resource);
    return value == null || !value.isNumber() ? null : value.doubleValue();
  }

  private static Double csynth(Map<String, Long> area, String resource) {
    if (resource.equals("bram36")) {
      Long halves = area.get("bram18k");
      return halves == null ? null : halves / 2.0;
    }
    Long value = area.get(resource);
    return value == null ? null : (double) value;
  }
}
