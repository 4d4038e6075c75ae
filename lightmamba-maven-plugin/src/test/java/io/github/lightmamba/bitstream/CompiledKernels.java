package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compilations of the stand-in that tests of one Java machine share: most are about what comes after them. A result
 * goes by its fingerprint, so no test gets what it would not have made itself.
 */
final class CompiledKernels {
  private static final Path STORE = store();

  private CompiledKernels() {}

  /** Puts all compilations so far into a cache of results. */
  static void take(Path cache) throws IOException {
    copy(STORE, cache.resolve("results"));
  }

  /** Keeps the compilations in a cache of results. */
  static void keep(Path cache) throws IOException {
    copy(cache.resolve("results"), STORE);
  }

  private static synchronized void copy(Path from, Path to) throws IOException {
    for (Path entry : entries(from)) {
      Path target = to.resolve(from.relativize(entry).toString());
      if (!Files.exists(target)) {
        for (Path file : StepFiles.below(entry, path -> true)) {
          StepFiles.copy(file, target.resolve(entry.relativize(file).toString()));
        }
      }
    }
  }

  private static List<Path> entries(Path results) throws IOException {
    if (!Files.isDirectory(results)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.find(results, 2, (path, attributes) -> attributes.isDirectory())) {
      return folders
          .filter(path -> path.getParent().getParent() != null && path.getParent().getParent().equals(results))
          .filter(path -> path.getParent().getFileName().toString().startsWith("compile-"))
          .filter(path -> path.getFileName().toString().matches("[0-9a-f]{64}"))
          .toList();
    }
  }

  private static Path store() {
    try {
      Path folder = Files.createTempDirectory("lightmamba-compiled");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      StepStage.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
