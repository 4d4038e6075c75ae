package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs a step somewhere. Nothing else knows where, or looks at that machine: this one, or one of a farm that shares the
 * folders.
 */
public interface Executor {
  /**
   * Runs a step to its end.
   *
   * @param job what to run
   * @param lines is given each line that the step prints, one at a time, from any thread
   * @return how it ended; an exit code other than 0 is a result like any other
   * @throws IOException if it or its log could not be started, or the wait was interrupted; the step is then ended
   */
  StepEnd run(StepJob job, Consumer<String> lines) throws IOException;

  /**
   * Returns who still works in a folder, for people, if that can be told: what an earlier build left behind when it was
   * killed.
   *
   * @param folder the working folder of a step
   */
  default Optional<String> occupant(Path folder) {
    return Optional.empty();
  }

  /**
   * Looks at what steps need of where they will run: licence, memory, disk, the Xilinx Runtime.
   *
   * @param work where they write; need not exist
   * @param cache where results are kept, or nothing
   */
  List<Check> checks(Path work, Optional<Path> cache);

  /** Returns how many processors a step has where it will run, at least 1. */
  int processors();

  /** Returns where the Xilinx Runtime is that steps find; nothing, if there is none. */
  Optional<Path> runtime();

  /** Returns where steps run, for people, for example {@code this machine}. */
  String place();
}
