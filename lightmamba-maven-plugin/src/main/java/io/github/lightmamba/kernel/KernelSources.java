package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the sources: the fixed headers as they are, the generated files from their templates. */
final class KernelSources {
  private KernelSources() {}

  static void write(AcceleratorSource source, KernelConfig config, KernelFolder folder) throws IOException {
    for (String path : source.list()) {
      boolean header =
          path.startsWith("include/") || path.startsWith("csim/include/") || path.equals("csim/testbench.cpp");
      if (header) {
        write(folder.root().resolve(path), source.read(path));
      }
    }
    KernelTemplates templates = new KernelTemplates(source);
    Map<String, Object> values = config.values();
    Path target = folder.root().resolve(KernelFolder.SOURCES);
    render(templates, "config/lightmamba_config.hpp.ftl", values, target.resolve("lightmamba_config.hpp"));
    render(templates, "kernels/unit.cpp.ftl", values, target.resolve("unit.cpp"));
    render(templates, "kernels/memory.cpp.ftl", values, target.resolve("memory.cpp"));
    render(templates, "kernels/core.cpp.ftl", values, target.resolve("core.cpp"));
  }

  static void render(KernelTemplates templates, String template, Map<String, ?> values, Path file)
      throws IOException {
    write(file, templates.render(template, values).replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
