package io.github.lightmamba.quantize;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Quantizes in a Java machine of its own up to a point, says so, and waits to be killed. */
final class KilledQuantization implements Progress {
  /** Two short windows: what they are is not what is tested. */
  static final int WINDOW_TOKENS = 128;

  private final Path awaited;
  private final String lastPhase;

  private KilledQuantization(Path awaited, String lastPhase) {
    this.awaited = awaited;
    this.lastPhase = lastPhase;
  }

  /**
   * Starts the stage.
   *
   * @param arguments checkpoint, tokenizer, calibration text, evaluation text, work directory, whether with the
   *     comparison, the file of the unfinished work or the phase at which it stops
   */
  public static void main(String[] arguments) {
    Workspace workspace = new Workspace(Path.of(arguments[4]));
    Path awaited = workspace.unfinishedQuantization().resolve(arguments[6]);
    QuantizeRequest request =
        request(
            workspace, Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
    run(request, Boolean.parseBoolean(arguments[5]), new KilledQuantization(awaited, arguments[6]));
  }

  static QuantizeRequest request(Workspace workspace, Path checkpoint, Path tokenizer, Path calibration, Path text) {
    QuantizationOptions options = new QuantizationOptions(Scheme.W4A4, 8, Method.GPTQ, 0, 16);
    return new QuantizeRequest(workspace, checkpoint, tokenizer, options, calibration, text, 1, 16);
  }

  static Manifest run(QuantizeRequest request, boolean unrotated, Progress progress) {
    FileDigests digests = new FileDigests(request.workspace().digestMemo(), false);
    return new StageRunner(request.workspace(), new Origin("1", "killed", "quantize@x"), digests, progress)
        .run(new QuantizeStage(new WorkPlan(2, WINDOW_TOKENS, unrotated, true, true)), request);
  }

  private static void stop() {
    System.out.println("stopped");
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void info(String line) {}

  @Override
  public void warn(String line) {}

  @Override
  public void phase(String name, long total) {
    if (name.equals(lastPhase)) {
      stop();
    }
  }

  @Override
  public void advance(long units) {
    if (Files.exists(awaited)) {
      stop();
    }
  }
}
