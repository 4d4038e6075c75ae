package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a stage's folder was made from and what it holds: {@code manifest.json}, written last.
 *
 * @param goal the goal that wrote it
 * @param pluginVersion the version of the plugin that wrote it
 * @param fingerprint the digest of {@code inputs}
 * @param succeeded whether the result is good; a folder with a bad verdict is kept for its report, but is never up to
 *     date
 * @param inputs what it depends on, by name
 * @param outputs its files, sorted by path, without the manifest
 * @param session the last Maven session that wrote it or found it up to date
 * @param execution the execution of that session, for people
 */
public record Manifest(
    String goal,
    String pluginVersion,
    String fingerprint,
    boolean succeeded,
    Map<String, Input> inputs,
    List<Output> outputs,
    String session,
    String execution) {

  /** Checks that nothing is missing. */
  public Manifest {
    Objects.requireNonNull(goal, "goal");
    Objects.requireNonNull(fingerprint, "fingerprint");
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(outputs, "outputs");
  }

  /** Returns the digest of what the folder holds, reports left out: what later stages depend on. */
  public String content() {
    return Sha256.of(Json.canonical(outputs.stream().filter(o -> !o.path().equals(Workspace.REPORT)).toList()));
  }

  /** Returns the same for another session and execution. */
  Manifest claimedBy(Origin origin) {
    return new Manifest(
        goal, pluginVersion, fingerprint, succeeded, inputs, outputs, origin.session(), origin.execution());
  }

  /**
   * Reads a folder's manifest; what a killed run left behind is put right first.
   *
   * @param folder a stage's folder
   * @return nothing, if there is none or it is not readable
   */
  public static Optional<Manifest> read(Path folder) {
    new StageFolder(folder).recover();
    Path file = folder.resolve(Workspace.MANIFEST);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(file, Manifest.class));
    } catch (IOException e) {
      return Optional.empty(); // A damaged manifest is no manifest: the stage runs again.
    }
  }

  /**
   * Reads the manifest of a stage that must have run well before.
   *
   * @param folder the earlier stage's folder
   * @param goal the earlier stage's goal
   * @param remedy what to do, for example the exact command to run
   * @throws LightMambaException {@link ErrorCode#STAGE_MISSING} if there is none, or files are missing or cut short
   */
  public static Manifest require(Path folder, String goal, String remedy) {
    Manifest manifest =
        read(folder)
            .orElseThrow(
                () ->
                    new LightMambaException(
                        ErrorCode.STAGE_MISSING,
                        "The output of the goal " + goal + " is missing: there is no usable "
                            + folder.resolve(Workspace.MANIFEST) + ".",
                        remedy));
    if (!manifest.goal().equals(goal) || !manifest.succeeded()) {
      throw new LightMambaException(
          ErrorCode.STAGE_MISSING,
          folder + " does not hold a good result of the goal " + goal + ", but "
              + (manifest.succeeded() ? "one of the goal " + manifest.goal() : "a failed one") + ".",
          remedy);
    }
    new StageFolder(folder)
        .damage(manifest)
        .ifPresent(
            damage -> {
              throw new LightMambaException(
                  ErrorCode.STAGE_MISSING, "The output of the goal " + goal + " is damaged: " + damage + ".", remedy);
            });
    return manifest;
  }
}
