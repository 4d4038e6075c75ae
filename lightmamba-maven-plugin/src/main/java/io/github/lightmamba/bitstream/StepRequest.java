package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import java.nio.file.Path;

/**
 * What running a step is told.
 *
 * @param root the folder of the steps of a board
 * @param options of the build
 * @param tools of the build
 * @param executor where it runs
 * @param digests the digests of files
 */
record StepRequest(Path root, BuildOptions options, BuildTools tools, Executor executor, FileDigests digests) {
  /** Returns the folder of what a step made. */
  Path folder(Step step) {
    return root.resolve(step.name());
  }

  /** Returns the folder in which a step works; log and {@code command.sh} stay there. */
  Path work(Step step) {
    return work().resolve(step.name());
  }

  /** Returns the folder of the folders in which steps work. */
  Path work() {
    return root.resolve("work");
  }
}
