package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what Vitis reads besides the sources: {@code link.cfg}, a {@code hls.cfg} a kernel, {@code package.cfg}. */
final class BuildFiles {
  private static final String SD_CARD = "sd_card";

  private BuildFiles() {}

  static void write(
      AcceleratorSource source, BoardProfile board, Design design, Connectivity connectivity, KernelFolder folder)
      throws IOException {
    KernelTemplates templates = new KernelTemplates(source);
    Path target = folder.root().resolve(KernelFolder.SOURCES);
    Map<String, Object> link = new LinkedHashMap<>();
    link.put("kernels", connectivity.kernels().stream().map(BuildFiles::values).toList());
    link.put(
        "mappings",
        connectivity.mappings().stream().map(m -> Map.of("port", m.port(), "memory", m.memory())).toList());
    link.put(
        "regions",
        connectivity.regions().stream().map(r -> Map.of("instance", r.instance(), "name", r.name())).toList());
    link.put(
        "streams",
        connectivity.streams().stream()
            .map(s -> Map.of("from", s.from(), "to", s.to(), "depth", s.depth()))
            .toList());
    KernelSources.render(templates, "config/link.cfg.ftl", link, target.resolve("link.cfg"));
    for (String kernel : List.of("unit", "memory", "core")) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("part", board.part());
      values.put("frequencyHz", design.frequencyMhz() * 1_000_000L);
      values.put("source", kernel + ".cpp");
      values.put("top", "lightmamba_" + kernel);
      KernelSources.render(templates, "config/hls.cfg.ftl", values, target.resolve("hls_" + kernel + ".cfg"));
    }
    if (board.packaging().equals(SD_CARD)) {
      KernelSources.render(templates, "config/package.cfg.ftl", Map.of(), target.resolve("package.cfg"));
    }
  }

  private static Map<String, Object> values(Connectivity.Kernel kernel) {
    return Map.of("name", kernel.name(), "instances", kernel.instances());
  }
}
