package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The note in a working folder that the commands of a step have ended well. Until the result is published it is the
 * only trace of it: after a kill in between the result is taken from the working folder, instead of being built again.
 *
 * @param key of the step, whose commands they were
 * @param seconds how long they took
 */
record StepEnding(String key, double seconds) {
  private static final String FILE = "ended.json";

  /** Leaves the note. */
  void write(Path work) throws IOException {
    Json.replace(work.resolve(FILE), this);
  }

  /** Returns the note, if there is one of a key. */
  static Optional<StepEnding> read(Path work, String key) {
    Path file = work.resolve(FILE);
    try {
      return Files.exists(file)
          ? Optional.of(Json.read(file, StepEnding.class)).filter(ending -> key.equals(ending.key()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // A damaged note only costs the result that it is about.
    }
  }

  /** Takes the note away; returns whether there was one. */
  static boolean forget(Path work) throws IOException {
    return Files.deleteIfExists(work.resolve(FILE));
  }
}
