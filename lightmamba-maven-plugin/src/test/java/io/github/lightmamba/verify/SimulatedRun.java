package io.github.lightmamba.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.GivenKernels;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A start in C simulation, for tests that want its counts. */
public final class SimulatedRun {
  private SimulatedRun() {}

  /** Runs a start after a reset, every token with logits; returns items of every stream and beats of every port. */
  public static JsonNode statistics(Path folder, QuantizedModel model, Design design, LanePlan plan)
      throws IOException {
    KernelFolder kernels = GivenKernels.write(model, design, folder.resolve("kernels"));
    Path build = Files.createDirectory(folder.resolve("build"));
    CSimulation simulation = new CSimulation(kernels, build);
    int fed = plan.sequences() * (plan.decode() ? 1 : plan.tokens());
    CSimulation.Start start =
        new CSimulation.Start(
            "start", ModelScalars.of(model, design), plan.decode(), true, plan.sequences(), 0,
            TinyModels.tokens(fed, model.shape().vocabulary(), 5), plan.tokens());
    simulation.run(simulation.compile(CppCompiler.find(null)), kernels.images(), List.of(start), Progress.SILENT);
    return new ObjectMapper().readTree(build.resolve("statistics.json").toFile());
  }
}
