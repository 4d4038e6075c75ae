package io.github.lightmamba.bitstream;

import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The room that an attempt of a link takes: an earlier one that failed may have filled the disk. */
final class LinkRoom {
  private LinkRoom() {}

  /**
   * Deletes the temporary files of other steps, where nobody works with them, and looks at the machine again.
   *
   * @param step that is about to run
   * @param request of the step
   * @param progress is told what cannot be deleted
   * @throws io.github.lightmamba.error.LightMambaException if the machine lacks what a link takes
   */
  static void make(Step step, StepRequest request, Progress progress) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(request.work())) {
      folders = all.filter(folder -> !folder.equals(request.work(step))).sorted().toList();
    }
    for (Path folder : folders) {
      Path temporary = folder.resolve(Step.TEMPORARY);
      try {
        if (Files.exists(temporary) && request.executor().occupant(folder).isEmpty()) {
          StepStage.delete(temporary);
        }
      } catch (IOException e) {
        progress.warn(step.name() + ": the temporary files of an earlier step stay (" + e + ")");
      }
    }
    Preflight.require(
        "The step " + step.name(), request.executor().checks(request.work(), Optional.empty()));
  }
}
