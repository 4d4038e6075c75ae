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
  private final Optional<ResultCache> cache;

  /**
   * Makes a runner without a cache.
   *
   * @param workspace the folders
   * @param origin who runs
   * @param digests the digests of files
   * @param progress the voice
   */
  public StageRunner(Workspace workspace, Origin origin, FileDigests digests, Progress progress) {
    this(workspace, origin, digests, progress, Optional.empty());
  }

  private StageRunner(
      Workspace workspace, Origin origin, FileDigests digests, Progress progress, Optional<ResultCache> cache) {
    this.workspace = workspace;
    this.origin = origin;
    this.digests = digests;
    this.progress = progress;
    this.cache = cache;
  }

  /** Returns a runner that keeps the results of stages that ask for it, and takes them again. */
  public StageRunner with(ResultCache results) {
    return new StageRunner(workspace, origin, digests, progress, Optional.of(results));
  }

  /** Returns where progress is shown. */
  public Progress progress() {
    return progress;
  }

  /** Returns the digests of files, for who runs several stages with it. */
  public FileDigests digests() {
    return digests;
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
    Need<R> need = new Need<>(stage, request, folder, inputs, fingerprint);
    try {
      State state = look(need);
      if (state.upToDate()) {
        return claim(need, state);
      }
      if (cache.isEmpty() || !stage.cached()) {
        return runNow(need, state, Optional.empty());
      }
      try (CacheEntry entry = cache.get().open(stage.goal(), fingerprint, origin.execution(), progress)) {
        State now = entry.waited() ? look(need) : state;
        return now.upToDate() ? claim(need, now) : runNow(need, now, Optional.of(entry));
      }
    } catch (IOException e) {
      throw notWritable(folder, e);
    } finally {
      saveDigests();
    }
  }

  /** What is to be up to date. */
  private record Need<R>(Stage<R> stage, R request, Path folder, Inputs inputs, Fingerprint fingerprint) {
    String goal() {
      return stage.goal();
    }
  }

  /**
   * What a folder holds.
   *
   * @param manifest empty, if no stage made it
   * @param reason why the stage has to run; empty, if it is up to date
   */
  private record State(Optional<Manifest> manifest, Optional<String> reason) {
    boolean upToDate() {
      return reason.isEmpty();
    }
  }

  /** Notes that this session relies on the folder, so that a later execution does not overwrite it unseen. */
  private Manifest claim(Need<?> need, State state) {
    progress.info(need.goal() + ": up to date (fingerprint " + need.fingerprint().brief() + ")");
    Manifest manifest = state.manifest().orElseThrow();
    if (origin.session().equals(manifest.session())) {
      return manifest;
    }
    Manifest claimed = manifest.claimedBy(origin);
    try {
      Json.replace(need.folder().resolve(Workspace.MANIFEST), claimed);
    } catch (IOException e) {
      progress.warn(need.folder() + " cannot be written (" + e + "); a conflict of two executions would go unseen");
    }
    return claimed;
  }

  /** Takes the result from its place in the cache, or makes it. */
  private <R> Manifest runNow(Need<R> need, State state, Optional<CacheEntry> entry) throws IOException {
    Path folder = need.folder();
    String reason = state.reason().orElseThrow();
    StageFolder place = new StageFolder(folder);
    place.refuseForeign();
    Files.createDirectories(folder.getParent());
    try (LockFile lock = LockFile.tryAcquire(folder, origin.execution()).orElseThrow(() -> busy(folder))) {
      saveDigests(); // A run that is killed need not read the large files again.
      long start = System.nanoTime();
      boolean complete = false;
      try {
        Optional<Manifest> kept = entry.isEmpty() ? Optional.empty() : entry.get().take(place.begin());
        Manifest manifest;
        Outcome outcome = Outcome.GOOD;
        if (kept.isPresent()) {
          manifest = kept.get().claimedBy(origin);
        } else {
          progress.info(need.goal() + ": runs because of " + reason);
          outcome = need.stage().run(need.request(), place.begin(), progress);
          manifest = manifest(need, outcome, StageFolder.outputs(place.next()));
        }
        Json.write(place.next().resolve(Workspace.MANIFEST), manifest);
        complete = true;
        lock.confirm();
        place.publish();
        for (Output output : manifest.outputs()) {
          digests.remember(folder.resolve(output.path()), output.sha256());
        }
        report(need, manifest, kept.isPresent(), reason, start);
        if (kept.isPresent()) {
          need.stage().taken(need.request(), progress);
        }
        outcome.failure().ifPresent(failure -> {
          throw failure;
        });
        if (kept.isEmpty()) {
          entry.ifPresent(e -> e.keep(folder));
        }
        return manifest;
      } finally {
        if (!complete) {
          place.clean();
        }
      }
    }
  }

  private Manifest manifest(Need<?> need, Outcome outcome, List<Output> outputs) {
    return new Manifest(
        need.goal(),
        origin.pluginVersion(),
        need.fingerprint().sha256(),
        outcome.failure().isEmpty(),
        need.inputs().entries(),
        outputs,
        origin.session(),
        origin.execution());
  }

  private State look(Need<?> need) {
    Optional<Manifest> current = Manifest.read(need.folder());
    return new State(current, reasonToRun(need, current));
  }

  private Optional<String> reasonToRun(Need<?> need, Optional<Manifest> current) {
    if (current.isEmpty()) {
      return Optional.of("first run");
    }
    Manifest manifest = current.get();
    refuseConflict(need.folder(), manifest, need.inputs());
    if (!manifest.fingerprint().equals(need.fingerprint().sha256())) {
      List<String> changes = need.inputs().changesSince(Inputs.of(manifest.inputs()));
      return Optional.of(changes.isEmpty() ? "manifest of another form" : String.join(", ", changes));
    }
    if (!manifest.succeeded()) {
      return Optional.of("failure of the last run");
    }
    return new StageFolder(need.folder()).damage(manifest, digests).map(damage -> "damaged output: " + damage);
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

  private void report(Need<?> need, Manifest manifest, boolean kept, String reason, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    double megabytes = manifest.outputs().stream().mapToLong(Output::size).sum() / 1e6;
    String what =
        String.format(
            Locale.ROOT,
            "%s (%d files, %.1f MB)",
            workspace.display(need.folder()),
            manifest.outputs().size(),
            megabytes);
    String how = kept ? "took " + what + " from the cache " + cache.orElseThrow().folder() : "wrote " + what;
    String instead = kept ? ", instead of running because of " + reason : "";
    progress.info(String.format(Locale.ROOT, "%s: %s in %.1f s%s", need.goal(), how, seconds, instead));
  }
}
