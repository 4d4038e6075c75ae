package io.github.lightmamba.pipeline;

import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs in a Java machine of its own: writes half of a stage's output, says so, and waits to be killed. */
final class KilledStage implements Stage<FolderStage.Request> {
  private final FolderStage stage = new FolderStage();

  private KilledStage() {}

  /**
   * Starts the stage.
   *
   * @param arguments the stage's folder, the file that it depends on, and the folder of a cache, if there is to be one
   */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Workspace workspace = new Workspace(folder.getParent());
    FileDigests digests = new FileDigests(workspace.digestMemo(), false);
    Origin origin = new Origin("1", "killed", "quantize@killed");
    StageRunner runner = new StageRunner(workspace, origin, digests, Progress.SILENT);
    (arguments.length < 3 ? runner : runner.with(new ResultCache(Path.of(arguments[2]), 1 << 20)))
        .run(new KilledStage(), new FolderStage.Request(folder, "w4a4", 24, Path.of(arguments[1]), null, null));
  }

  @Override
  public String goal() {
    return stage.goal();
  }

  @Override
  public boolean cached() {
    return true;
  }

  @Override
  public Path folder(FolderStage.Request request) {
    return stage.folder(request);
  }

  @Override
  public Inputs inputs(FolderStage.Request request, FileDigests digests) {
    return stage.inputs(request, digests);
  }

  @Override
  public Outcome run(FolderStage.Request request, Path output, Progress progress) throws IOException {
    Files.writeString(output.resolve("half"), "half");
    System.out.println("half");
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return Outcome.GOOD;
  }
}
