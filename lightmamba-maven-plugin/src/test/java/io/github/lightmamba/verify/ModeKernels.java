package io.github.lightmamba.verify;

import io.github.lightmamba.csim.MemoryPorts;
import io.github.lightmamba.csim.PipelineScopes;
import io.github.lightmamba.kernel.KernelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A copy of generated kernels as the modes of the simulation compile them: with pipelines and ports, and maybe with a
 * fault. */
final class ModeKernels {
  private ModeKernels() {}

  /** Changes the text of one file. */
  interface Fault {
    String apply(String file, String text);
  }

  /**
   * Copies the sources of kernels.
   *
   * @param kernels where from; its images are not copied
   * @param folder a new folder
   * @param fault what is wrong in the copy
   */
  static KernelFolder copy(KernelFolder kernels, Path folder, Fault fault) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(kernels.root())) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Path name = kernels.root().relativize(file);
        if (!name.startsWith("images")) {
          Path copy = folder.resolve(name);
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
        if (kernelSource(name)) {
          sources.put(name.toString(), fault.apply(name.toString(), Files.readString(file)));
        }
      }
    }
    for (Map.Entry<String, String> source : MemoryPorts.transform(PipelineScopes.transform(sources)).entrySet()) {
      Files.writeString(folder.resolve(source.getKey()), source.getValue());
    }
    return new KernelFolder(folder, kernels.design());
  }

  /** What Vitis would read, but for the macros. */
  private static boolean kernelSource(Path name) {
    return name.startsWith("hls") || name.startsWith("include") && !name.endsWith("dataflow.hpp");
  }

  /** Replaces what has to be there. */
  static String replace(String text, String what, String with) {
    if (!text.contains(what)) {
      throw new AssertionError("the sources no longer contain '" + what + "'");
    }
    return text.replace(what, with);
  }

  /** The options of the compiler: all modes in one program, and local variables that start as something. */
  static List<String> options() {
    return List.of(
        "-O1",
        "-ftrivial-auto-var-init=pattern",
        "-DLIGHTMAMBA_CSIM_STALL",
        "-DLIGHTMAMBA_CSIM_LATE",
        "-DLIGHTMAMBA_CSIM_ALONE",
        "-DLIGHTMAMBA_CSIM_CHECKED");
  }
}
