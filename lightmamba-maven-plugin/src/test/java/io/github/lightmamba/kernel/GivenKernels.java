package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.QuantizedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Kernels and images of a design that a test chooses, where {@code generate-kernels} would choose its own. */
public final class GivenKernels {
  private GivenKernels() {}

  /**
   * Writes sources and images.
   *
   * @param output a new folder
   */
  public static KernelFolder write(QuantizedModel model, Design design, Path output) throws IOException {
    Schedule schedule = Schedule.of(model, design.units());
    KernelFolder folder = new KernelFolder(output, design);
    KernelSources.write(AcceleratorSource.bundled(), new KernelConfig(schedule, design, model), folder);
    KernelFolder.Images images = folder.images();
    Files.createDirectories(images.core().getParent());
    List<Path> units = images.units();
    for (int unit = 0; unit < units.size(); unit++) {
      UnitImage.write(model, schedule, design.keptLayers(model), unit, units.get(unit));
    }
    CoreImage.writeParameters(model, images.core());
    CoreImage.writeEmbedding(model, images.embedding());
    return folder;
  }
}
