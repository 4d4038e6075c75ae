package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;

/** Makes {@code 1-quantized} of a tiny model, without the measurements that take the time of {@code quantize}. */
public final class QuantizedTiny implements Stage<Workspace> {
  private QuantizedTiny() {}

  /**
   * Makes the folder.
   *
   * @param workspace where
   */
  public static void write(Workspace workspace) {
    FileDigests digests = new FileDigests(workspace.digestMemo(), false);
    Origin origin = new Origin("1", "another session", "quantize@test");
    new StageRunner(workspace, origin, digests, Progress.SILENT).run(new QuantizedTiny(), workspace);
  }

  @Override
  public String goal() {
    return "quantize";
  }

  @Override
  public Path folder(Workspace workspace) {
    return workspace.quantized();
  }

  @Override
  public Inputs inputs(Workspace workspace, FileDigests digests) {
    return Inputs.builder().identity("scheme", "w8a8").build();
  }

  @Override
  public Outcome run(Workspace workspace, Path output, Progress progress) throws IOException {
    QuantizedModelFolder.write(output, TinyModels.tied(), "w8a8");
    return Outcome.GOOD;
  }
}
