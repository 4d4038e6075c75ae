package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A stage for tests: writes its text into a file and a report. */
final class FolderStage implements Stage<FolderStage.Request> {
  int runs;
  boolean cached = true;

  /** What happens in the middle of the work. */
  Action halfway = () -> {};

  /** Something that may fail. */
  interface Action {
    void run() throws IOException;
  }

  /**
   * What is asked.
   *
   * @param folder the stage's folder
   * @param scheme an input that says whose output it is
   * @param windows an input
   * @param source a file whose content is an input
   * @param failure thrown after half of the work, or null
   * @param verdict what fails the build after the whole work, or null
   */
  record Request(
      Path folder, String scheme, int windows, Path source, RuntimeException failure, LightMambaException verdict) {}

  @Override
  public String goal() {
    return "quantize";
  }

  @Override
  public boolean cached() {
    return cached;
  }

  @Override
  public Path folder(Request request) {
    return request.folder();
  }

  @Override
  public Inputs inputs(Request request, FileDigests digests) {
    return Inputs.builder()
        .identity("scheme", request.scheme())
        .value("windows", request.windows())
        .file("checkpoint model.safetensors", request.source(), digests)
        .build();
  }

  @Override
  public Outcome run(Request request, Path output, Progress progress) throws IOException {
    runs++;
    Files.createDirectories(output.resolve("sub"));
    Files.writeString(output.resolve("sub/text.txt"), request.scheme() + " " + request.windows());
    halfway.run();
    if (request.failure() != null) {
      throw request.failure();
    }
    Json.write(output.resolve(Workspace.REPORT), Map.of("runs", runs));
    return request.verdict() == null ? Outcome.GOOD : Outcome.bad(request.verdict());
  }
}
