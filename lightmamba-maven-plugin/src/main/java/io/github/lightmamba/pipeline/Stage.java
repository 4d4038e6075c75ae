package io.github.lightmamba.pipeline;

import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One link of the chain: makes one folder from a request.
 *
 * <p>A stage has no state. What it needs of an earlier stage it finds through that stage's manifest.
 *
 * @param <R> the request: a record of everything that the stage is told
 */
public interface Stage<R> {
  /** Returns the goal's name, for example {@code quantize}. */
  String goal();

  /**
   * Returns the folder that the stage makes, one of {@link Workspace}.
   *
   * @param request what is asked
   */
  Path folder(R request);

  /**
   * Returns everything that the output depends on. Quick: it runs each time, before the decision whether to run.
   *
   * @param request what is asked
   * @param digests the digests of files
   */
  Inputs inputs(R request, FileDigests digests);

  /**
   * Returns whether the result takes long enough to be kept outside the build folder, in a {@link ResultCache}. It must
   * then depend on nothing but the inputs.
   */
  default boolean cached() {
    return false;
  }

  /**
   * Does the work.
   *
   * @param request what is asked
   * @param output an empty folder beside the final one; the stage writes all its files here, {@link Workspace#REPORT}
   *     among them, and keeps no path of it
   * @param progress the voice
   * @return {@link Outcome#GOOD}, or why the build fails although the output is kept
   * @throws IOException if writing fails
   * @throws io.github.lightmamba.error.LightMambaException if the work fails; nothing of the output is kept
   */
  Outcome run(R request, Path output, Progress progress) throws IOException;

  /**
   * Makes what {@link #run} leaves outside the output, for people, where the output is taken from the cache. Without it
   * the result is as good, so nothing here fails.
   *
   * @param request what is asked
   * @param progress the voice
   */
  default void taken(R request, Progress progress) {}
}
