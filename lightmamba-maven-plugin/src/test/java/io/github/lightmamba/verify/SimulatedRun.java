package io.github.lightmamba.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A prefill in C simulation, for tests that want its counts.
 *
 * @param design what was generated
 * @param statistics items of every stream, beats of every port
 */
public record SimulatedRun(Design design, JsonNode statistics) {
  /** Generates kernels and runs a prompt through them, every token with logits. */
  public static SimulatedRun prefill(Path folder, QuantizedModel model, Board board, int lanes, int[] prompt)
      throws IOException {
    Path quantized = Files.createDirectory(folder.resolve("quantized"));
    QuantizedModelFolder.write(quantized, model, "test");
    Path output = Files.createDirectory(folder.resolve("kernels"));
    Path sources = RoomyBoards.write(folder.resolve("sources"), false);
    new GenerateKernelsStage()
        .run(new GenerateKernelsRequest(new Workspace(folder), quantized, board, lanes, sources), output, Progress.SILENT);
    KernelFolder kernels = KernelFolder.of(output);
    Path build = Files.createDirectory(folder.resolve("build"));
    CSimulation simulation = new CSimulation(kernels, build);
    CSimulation.Start start = CSimulation.Start.prefill("prefill", ModelBits.of(model), true, prompt);
    simulation.run(simulation.compile(CppCompiler.find(null)), kernels.images(), List.of(start), Progress.SILENT);
    return new SimulatedRun(
        kernels.design(), new ObjectMapper().readTree(build.resolve("statistics.json").toFile()));
  }
}
