package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs a stage if its output is not up to date, and says why. */
public final class StageRunner {
  private final Workspace workspace;
  private final Origin origin;
  private final FileDigests digests;
  private final Progress progress;

  /**
   * Makes a runner.
   *
   * @param workspace the folders
   * @param origin who runs
   * @param digests the digests of files
   * @param progress the voice
   */
  public StageRunner(Workspace workspace, Origin origin, FileDigests digests, Progress progress) {
    this.workspace = workspace;
    this.origin = origin;
    this.digests = digests;
    this.progress = progress;
  }

  /** Returns where progress is shown. */
  public Progress progress() {
    return progress;
  }

  /**
   * Brings a stage's folder up to date.
   *
   * @param stage what to do
   * @param request what is asked
   * @return the manifest of the folder
   * @throws LightMambaException if the stage fails; {@link ErrorCode#STAGE_CONFLICT} if another execution of the same
   *     session, for another scheme, board or checkpoint, wrote the folder; {@link ErrorCode#STAGE_BUSY} if another run
   *     is writing it; {@link ErrorCode#STAGE_FOREIGN} if no stage made it
   */
  public <R> Manifest run(Stage<R> stage, R request) {
    Path folder = stage.folder(request);
    Inputs inputs = stage.inputs(request, digests);
    Fingerprint fingerprint = Fingerprint.of(stage.goal(), inputs);
    try {
      Optional<Manifest> current = Manifest.read(folder);
      current.ifPresent(manifest -> refuseConflict(folder, manifest, inputs));
      Optional<String> reason = reasonToRun(folder, current, inputs, fingerprint);
      if (reason.isEmpty()) {
        progress.info(stage.goal() + ": up to date (fingerprint " + fingerprint.brief() + ")");
        return claim(folder, current.orElseThrow());
      }
      return runNow(stage, request, folder, inputs, fingerprint, reason.get());
    } catch (IOException e) {
      throw notWritable(folder, e);
    } finally {
      saveDigests();
    }
  }

  /** Notes that this session relies on the folder, so that a later execution does not overwrite it unseen. */
  private Manifest claim(Path folder, Manifest manifest) {
    if (origin.session().equals(manifest.session())) {
      return manifest;
    }
    Manifest claimed = manifest.claimedBy(origin);
    try {
      Json.replace(folder.resolve(Workspace.MANIFEST), claimed);
    } catch (IOException e) {
      progress.warn(folder + " cannot be written (" + e + "); a conflict of two executions would go unseen");
    }
    return claimed;
  }

  private <R> Manifest runNow(
      Stage<R> stage, R request, Path folder, Inputs inputs, Fingerprint fingerprint, String reason)
      throws IOException {
    StageFolder place = new StageFolder(folder);
    place.refuseForeign();
    Files.createDirectories(folder.getParent());
    try (StageLock lock = StageLock.tryAcquire(folder).orElseThrow(() -> busy(folder))) {
      progress.info(stage.goal() + ": runs because of " + reason);
      long start = System.nanoTime();
      Path next = place.begin();
      boolean complete = false;
      try {
        Outcome outcome = stage.run(request, next, progress);
        List<Output> outputs = StageFolder.outputs(next);
        Manifest manifest =
            new Manifest(
                stage.goal(),
                origin.pluginVersion(),
                fingerprint.sha256(),
                outcome.failure().isEmpty(),
                inputs.entries(),
                outputs,
                origin.session(),
                origin.execution());
        Json.write(next.resolve(Workspace.MANIFEST), manifest);
        complete = true;
        lock.confirm();
        place.publish();
        for (Output output : outputs) {
          digests.remember(folder.resolve(output.path()), output.sha256());
        }
        report(stage, folder, outputs, start);
        outcome.failure().ifPresent(failure -> {
          throw failure;
        });
        return manifest;
      } finally {
        if (!complete) {
          place.clean();
        }
      }
    }
  }

  private Optional<String> reasonToRun(
      Path folder, Optional<Manifest> current, Inputs inputs, Fingerprint fingerprint) {
    if (current.isEmpty()) {
      return Optional.of("first run");
    }
    Manifest manifest = current.get();
    if (!manifest.fingerprint().equals(fingerprint.sha256())) {
      List<String> changes = inputs.changesSince(Inputs.of(manifest.inputs()));
      return Optional.of(changes.isEmpty() ? "manifest of another form" : String.join(", ", changes));
    }
    if (!manifest.succeeded()) {
      return Optional.of("failure of the last run");
    }
    return new StageFolder(folder).damage(manifest, digests).map(damage -> "damaged output: " + damage);
  }

  private void refuseConflict(Path folder, Manifest manifest, Inputs inputs) {
    if (!origin.session().equals(manifest.session())) {
      return;
    }
    List<String> changes = inputs.identity().changesSince(Inputs.of(manifest.inputs()).identity());
    if (!changes.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.STAGE_CONFLICT,
          "Two executions of this build write the same folder " + folder + " for different things: "
              + manifest.execution() + " made it or relies on it, and " + origin.execution() + " would overwrite it ("
              + String.join(", ", changes) + ").",
          "give each execution its own <workDirectory> in its <configuration>.");
    }
  }

  private static LightMambaException busy(Path folder) {
    return new LightMambaException(
        ErrorCode.STAGE_BUSY,
        "Another run is writing " + folder + " at this moment.",
        "wait until it has ended, or give each run its own work directory with -Dlightmamba.workDirectory.");
  }

  private static LightMambaException notWritable(Path folder, IOException e) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_WRITABLE,
        "Writing " + folder + " failed (" + e + ").",
        "check free space and permissions of the work directory.",
        e);
  }

  private void saveDigests() {
    try {
      digests.save();
    } catch (IOException e) {
      progress.warn("digests of large files are not remembered (" + e + "); the next run reads the files again");
    }
  }

  private void report(Stage<?> stage, Path folder, List<Output> outputs, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    double megabytes = outputs.stream().mapToLong(Output::size).sum() / 1e6;
    progress.info(
        String.format(
            Locale.ROOT,
            "%s: wrote %s (%d files, %.1f MB) in %.1f s",
            stage.goal(),
            workspace.display(folder),
            outputs.size(),
            megabytes,
            seconds));
  }
}
