package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Takes files from a working folder. */
final class StepFiles {
  private static final int DEPTH = 14;
  private static final long REPORT_BYTES = 32L << 20;

  private StepFiles() {}

  /** Returns the files below a folder, sorted; none, if there is no such folder. */
  static List<Path> below(Path folder, Predicate<Path> wanted) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files =
        Files.find(folder, DEPTH, (path, attributes) -> attributes.isRegularFile() && wanted.test(path))) {
      return files.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Copies the reports below a folder; what is longer than a reader takes stays. */
  static void reports(Path folder, Path to) throws IOException {
    for (Path file : below(folder, StepFiles::isReport)) {
      if (Files.size(file) <= REPORT_BYTES) {
        copy(file, to.resolve(folder.relativize(file).toString()));
      }
    }
  }

  /** Copies a file; its folder is made. */
  static void copy(Path file, Path to) throws IOException {
    Files.createDirectories(to.toAbsolutePath().getParent());
    Files.copy(file, to);
  }

  private static boolean isReport(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".rpt") || name.endsWith(".xml") || name.endsWith(".xtxt") || name.endsWith(".html");
  }
}
