package io.github.lightmamba.kernel;

import io.github.lightmamba.pipeline.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The files of a stage folder {@code 2-kernels}.
 *
 * @param root the folder
 * @param design of the accelerator
 */
public record KernelFolder(Path root, Design design) {
  private static final String DESIGN = "design.json";

  static final String SOURCES = "hls";
  static final String IMAGES = "images";

  /**
   * The images of a model.
   *
   * @param units one for each compute unit, in order
   * @param core parameters of the core
   * @param embedding the embedding table
   */
  public record Images(List<Path> units, Path core, Path embedding) {}

  /** Returns the folder of a stage that has run. */
  public static KernelFolder of(Path root) throws IOException {
    return new KernelFolder(root, Json.read(root.resolve(DESIGN), Design.class));
  }

  /** Writes down the design. */
  void writeDesign() throws IOException {
    Json.write(root.resolve(DESIGN), design);
  }

  /** Returns the images. */
  public Images images() {
    Path folder = root.resolve(IMAGES);
    List<Path> unitImages = IntStream.range(0, design.units()).mapToObj(u -> folder.resolve("unit_" + u + ".bin")).toList();
    return new Images(unitImages, folder.resolve("core.bin"), folder.resolve("embedding.bin"));
  }

  /** Returns the sources of a C simulation: tops and test bench. */
  public List<Path> csimSources() {
    Path sources = root.resolve(SOURCES);
    Path testBench = root.resolve("csim").resolve("testbench.cpp");
    return List.of(
        sources.resolve("unit.cpp"), sources.resolve("memory.cpp"), sources.resolve("core.cpp"), testBench);
  }

  /** Returns the header folders of a C simulation; the stand-ins for the vendor's headers among them. */
  public List<Path> csimIncludes() {
    return List.of(root.resolve(SOURCES), root.resolve("include"), root.resolve("csim").resolve("include"));
  }
}
