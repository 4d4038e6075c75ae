package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder in which Vivado keeps what its synthesis made of each block, beside the working folders, so that a link
 * that was killed, that is tried again or that differs in one kernel need not begin with all blocks.
 *
 * <p>It belongs to one work directory, which one build at a time uses: nothing is deleted in it while a link runs.
 */
final class Netlists {
  /** Above this Vivado starts afresh; it deletes nothing by itself. */
  static final long LIMIT_BYTES = 10L << 30;

  private static final String NAME = "ip";

  private Netlists() {}

  /**
   * Returns the folder as the command of a link names it, in the working folder of the step.
   *
   * @return nothing, if there is nothing to keep, or {@code vppOptions} say where
   */
  static Optional<String> option(BuildOptions options) {
    boolean chosen =
        options.vppOptions().link().stream()
            .anyMatch(word -> word.startsWith("--remote_ip_cache") || word.equals("--no_ip_cache"));
    return options.target() == BuildTarget.HW && !chosen ? Optional.of("../" + NAME) : Optional.empty();
  }

  /**
   * Makes the folder, empty if it has grown too large.
   *
   * @param request of the steps of a board; none of its links runs
   * @param limitBytes what it may have
   */
  static void prepare(StepRequest request, long limitBytes) throws IOException {
    Path folder = request.work().resolve(NAME);
    long bytes = 0;
    for (Path file : StepFiles.below(folder, path -> true)) {
      bytes += Files.size(file);
    }
    if (bytes > limitBytes) {
      StepStage.delete(folder);
    }
    Files.createDirectories(folder);
  }
}
