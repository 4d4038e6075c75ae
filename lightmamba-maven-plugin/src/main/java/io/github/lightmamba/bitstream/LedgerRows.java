package io.github.lightmamba.bitstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.ledger.Figure;
import io.github.lightmamba.ledger.Ledger;
import io.github.lightmamba.ledger.PastErrors;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.pipeline.Workspace;
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

  /** Columns of the report per kernel. */
  private static final Map<String, String> COLUMNS =
      Map.of("lut", "LUT", "ff", "REG", "dsp", "DSP", "bram36", "BRAM", "uram", "URAM");

  /** The row of all kernels together in that report. */
  private static final String USED = "Used Resources";

  private static final String TOKENS = "tokens/s";

  private static final String AT_THE_CLOCK = "estimated, with the clock that was reached";

  private final BitstreamRequest request;
  private final BuildPlan plan;
  private final BitstreamReport report;

  private LedgerRows(BitstreamRequest request, BuildPlan plan, BitstreamReport report) {
    this.request = request;
    this.plan = plan;
    this.report = report;
  }

  static List<Ledger.Row> of(BitstreamRequest request, BuildPlan plan, BitstreamReport report) throws IOException {
    return new LedgerRows(request, plan, report).rows();
  }

  private List<Ledger.Row> rows() throws IOException {
    Path file = request.kernels().resolve(ESTIMATES);
    JsonNode estimates = Files.exists(file) ? Json.read(file, JsonNode.class) : null;
    Map<String, Map<String, Integer>> promised =
        request.contract().map(IntervalContract::read).map(IntervalContract::loops).orElse(Map.of());
    Map<String, Double> asked = request.throughput().at(report.clock().askedMhz());
    Map<String, Double> reached =
        report.clock().met() ? asked : request.throughput().at((int) report.clock().reachedMhz());
    Map<String, Long> bytes = bytesPerToken();
    List<Ledger.Row> rows = new ArrayList<>();
    Map<String, Double> estimated = new LinkedHashMap<>();
    Map<String, Double> synthesised = new LinkedHashMap<>();
    for (BitstreamReport.Kernel kernel : report.kernels()) {
      List<String> instances = instances(kernel.name());
      Map<String, Figure> figures = new LinkedHashMap<>();
      for (String resource : RESOURCES) {
        Double estimate = estimate(estimates, kernel.name(), resource);
        Double csynth = csynth(kernel.area(), resource);
        sum(estimated, resource, estimate, instances.size());
        sum(synthesised, resource, csynth, instances.size());
        put(figures, resource, Figure.of(estimate, csynth, routed(kernel.name(), instances, resource)));
      }
      figures.put("MHz", Figure.of(asked(), kernel.estimatedMhz(), reached()));
      double gigabytes = instances.stream().mapToLong(name -> bytes.getOrDefault(name, 0L)).average().orElse(0) / 1e9;
      if (gigabytes > 0 && asked.containsKey(TOKENS)) {
        put(figures, "GB/s", estimated(gigabytes * asked.get(TOKENS), times(gigabytes, reached.get(TOKENS))));
      }
      Map<String, Integer> loops = promised.getOrDefault(plain(kernel.name()), Map.of());
      kernel.intervals()
          .forEach(
              (loop, ii) ->
                  figures.put(PastErrors.INTERVAL + loop, Figure.of(number(loops.get(loop)), (double) ii, null)));
      rows.add(row(kernel.name(), figures));
    }
    Map<String, Figure> whole = whole(estimated, synthesised);
    asked.forEach((name, value) -> put(whole, name, estimated(value, reached.get(name))));
    rows.add(row(Ledger.Row.DESIGN, whole));
    return rows;
  }

  /** Returns an estimate for the clock that was asked for and, but for an emulation, for the one that was reached. */
  private Figure estimated(Double asked, Double reached) {
    return reached() == null
        ? Figure.of(asked, null, null)
        : new Figure(asked, null, reached, null, AT_THE_CLOCK);
  }

  private static Double times(double factor, Double value) {
    return value == null ? null : (Double) (factor * value);
  }

  /** Returns the bytes that each instance moves for a token, as {@code generate-kernels} counted them. */
  private Map<String, Long> bytesPerToken() throws IOException {
    Map<String, Long> bytes = new LinkedHashMap<>();
    Path file = request.kernels().resolve(Workspace.REPORT);
    if (Files.exists(file)) {
      Json.read(file, JsonNode.class)
          .path("bytesPerTokenByPort")
          .properties()
          .forEach(
              port -> bytes.merge(port.getKey().replaceFirst("\\..*", ""), port.getValue().asLong(), Long::sum));
    }
    return bytes;
  }

  private Ledger.Row row(String part, Map<String, Figure> figures) {
    return new Ledger.Row(report.board(), design(report), part, report.vitis(), report.standIn(), figures);
  }

  private Map<String, Figure> whole(Map<String, Double> estimated, Map<String, Double> synthesised) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (String resource : RESOURCES) {
      BitstreamReport.Used used = report.routedKernels().getOrDefault(USED, Map.of()).get(COLUMNS.get(resource));
      Double routed = used == null ? null : used.used();
      Double estimate = complete(estimated.get(resource));
      put(figures, resource, Figure.of(estimate, complete(synthesised.get(resource)), routed));
      BitstreamReport.Used device = report.utilisation().get(resource);
      if (device != null) {
        // Another figure: nobody estimates the shell.
        figures.put(resource + " with the shell", Figure.of(null, null, device.used()));
      }
    }
    figures.put("MHz", Figure.of(asked(), null, reached()));
    return figures;
  }

  private Double asked() {
    return (double) report.clock().askedMhz();
  }

  /** An emulation has no clock of its own. */
  private Double reached() {
    return request.options().target() == BuildTarget.HW ? (Double) report.clock().reachedMhz() : null;
  }

  private List<String> instances(String kernel) {
    return plan.kernels().link().instances().entrySet().stream()
        .filter(instance -> instance.getValue().equals(kernel))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns what an instance takes after routing: the mean of those that are named, else its part of their sum. */
  private Double routed(String kernel, List<String> instances, String resource) {
    List<Double> own = new ArrayList<>();
    Double all = null;
    for (Map.Entry<String, Map<String, BitstreamReport.Used>> row : report.routedKernels().entrySet()) {
      BitstreamReport.Used used = row.getValue().get(COLUMNS.get(resource));
      if (used != null && instances.contains(row.getKey())) {
        own.add(used.used());
      } else if (used != null && row.getKey().replaceFirst(" *\\(\\d+\\)$", "").equals(kernel)) {
        all = used.used() / instances.size();
      }
    }
    return own.isEmpty() ? all : (Double) own.stream().mapToDouble(Double::doubleValue).average().getAsDouble();
  }

  private static void sum(Map<String, Double> sums, String resource, Double value, int instances) {
    sums.merge(resource, value == null ? Double.NaN : value * instances, Double::sum);
  }

  /** The sum of some kernels is no figure of the design. */
  private Double complete(Double sum) {
    boolean all = report.kernels().size() == plan.kernels().kernels().size();
    return !all || sum == null || sum.isNaN() ? null : sum;
  }

  private static void put(Map<String, Figure> figures, String name, Figure figure) {
    if (figure.estimate() != null || figure.csynth() != null || figure.routed() != null) {
      figures.put(name, figure);
    }
  }

  private static Double number(Integer value) {
    return value == null ? null : (Double) value.doubleValue();
  }

  private static String design(BitstreamReport report) {
    StringBuilder kernels = new StringBuilder();
    report.steps().stream()
        .filter(step -> step.step().startsWith("compile-"))
        .forEach(step -> kernels.append(step.fingerprint()));
    return Sha256.of(kernels.toString()).substring(0, 12);
  }

  private static Double estimate(JsonNode estimates, String kernel, String resource) {
    JsonNode value = estimates == null ? null : estimates.path(plain(kernel)).path(resource);
    return value == null || !value.isNumber() ? null : value.doubleValue();
  }

  private static String plain(String kernel) {
    return kernel.startsWith(PREFIX) ? kernel.substring(PREFIX.length()) : kernel;
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
