package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.integer.TokenTraffic;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Makes {@code <board>/2-kernels}. */
public final class GenerateKernelsStage implements Stage<GenerateKernelsRequest> {
  /** Estimates of what each kernel takes, for those who compare them with a build. */
  private static final String RESOURCES = "resources.json";

  /** Makes the stage. */
  public GenerateKernelsStage() {}

  @Override
  public String goal() {
    return "generate-kernels";
  }

  @Override
  public Path folder(GenerateKernelsRequest request) {
    return request.workspace().kernels(request.board().toString());
  }

  @Override
  public Inputs inputs(GenerateKernelsRequest request, FileDigests digests) {
    Manifest quantized = Manifest.require(request.quantized(), "quantize", "run the goal quantize.");
    return Inputs.builder()
        .identity("board", request.board())
        .stage("quantized model", quantized)
        .value("lanes", request.lanes())
        .digest("accelerator sources", request.sources().digest())
        .digest("plugin code", PluginCode.digest())
        .build();
  }

  @Override
  public Outcome run(GenerateKernelsRequest request, Path output, Progress progress) throws IOException {
    AcceleratorSource source = request.sources();
    BoardProfile board = BoardProfile.read(request.board(), source);
    try (QuantizedModelFolder quantized = QuantizedModelFolder.open(request.quantized())) {
      QuantizedModel model = quantized.model();
      Design design = Design.of(board, model.shape(), request.lanes(), model.activationGroup());
      int keptLayers = design.keptLayers(model);
      Schedule schedule = Schedule.of(model, design.units());
      KernelFolder folder = new KernelFolder(output, design);
      folder.writeDesign();
      KernelSources.write(source, new KernelConfig(schedule, design, model), folder);
      KernelResources resources = ResourceModel.of(design, model.shape());
      Json.write(output.resolve(RESOURCES), resources);
      Placement placement = Placement.of(board, design.units(), resources);
      BuildFiles.write(source, board, design, Connectivity.of(board, design, placement), folder);
      Map<String, ImageSize> images = images(model, schedule, keptLayers, folder, progress);
      // Whoever says how many lanes may fill the regions; what is chosen keeps room for routing.
      double shareMax = request.lanes() == 0 ? Design.SHARE_MAX : 1;
      ConnectivityCheck.check(folder, board, images, resources, shareMax);
      KernelReport report = report(request, design, schedule, quantized, images);
      Json.write(output.resolve(Workspace.REPORT), report);
      progress.info(
          String.format(
              Locale.ROOT,
              "%d compute units and a core for the %s, T = %d, state of %d of %d layers on chip; %,d bytes a token,"
                  + " %,d of them padding",
              design.units(), board.title(), design.lanes(), keptLayers, model.shape().layers(),
              report.bytesPerToken(), report.paddingBytesPerToken()));
      return Outcome.GOOD;
    }
  }

  private static Map<String, ImageSize> images(
      QuantizedModel model, Schedule schedule, int keptLayers, KernelFolder folder, Progress progress)
      throws IOException {
    KernelFolder.Images files = folder.images();
    Files.createDirectories(files.core().getParent());
    progress.phase("writing weight images", schedule.units() + 1L);
    Map<String, ImageSize> sizes = new LinkedHashMap<>();
    for (int u = 0; u < schedule.units(); u++) {
      sizes.put(
          "memory_" + u + ".weights",
          UnitImage.write(model, schedule, keptLayers, u, files.units().get(u)));
      progress.advance(1);
    }
    sizes.put("core.parameters", CoreImage.writeParameters(model, files.core()));
    sizes.put("core.embedding", CoreImage.writeEmbedding(model, files.embedding()));
    progress.advance(1);
    return sizes;
  }

  private static KernelReport report(
      GenerateKernelsRequest request, Design design, Schedule schedule, QuantizedModelFolder quantized,
      Map<String, ImageSize> images) {
    Map<String, Long> byPort = new LinkedHashMap<>();
    images.forEach((port, size) -> byPort.put(port, size.bytesPerToken()));
    long bytes = byPort.values().stream().mapToLong(Long::longValue).sum();
    long needed = TokenTraffic.of(quantized.model()).values().stream().mapToLong(Long::longValue).sum();
    long stateWords = images.values().stream().mapToLong(ImageSize::state).sum();
    long keptWords = images.values().stream().mapToLong(ImageSize::kept).sum();
    long state = 2 * (stateWords - keptWords) * Schedule.WORD_BYTES;
    return new KernelReport(
        request.board().toString(),
        quantized.scheme(),
        design,
        bytes,
        byPort,
        design.keptLayers(quantized.model()),
        state,
        bytes - state - needed,
        Padding.of(schedule),
        images.values().stream().mapToLong(size -> size.words() * Schedule.WORD_BYTES).sum(),
        stateWords * Schedule.WORD_BYTES * design.slots(),
        "counted");
  }
}
