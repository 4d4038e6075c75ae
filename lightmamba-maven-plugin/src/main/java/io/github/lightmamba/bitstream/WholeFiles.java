package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Whether what a step claims to have made is all there; what is cut off would fail the steps after it. */
final class WholeFiles {
  private WholeFiles() {}

  /**
   * Fails if a file is missing or empty.
   *
   * @param file below the working folder
   * @param step its name
   * @param work the working folder
   */
  static void require(Path file, String step, Path work) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) == 0) {
      String name = work.relativize(file).toString().replace('\\', '/');
      throw StepRejection.incomplete(step, "there is no " + name + ", or nothing in it", work);
    }
  }

  /** Fails if a file is no whole zip, as {@code .xo} and {@code .xsa} are: their table of contents is at the end. */
  static void requireArchive(Path file, String step, Path work) throws IOException {
    require(file, step, work);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() == 0) {
        throw new ZipException("it has no entries");
      }
    } catch (ZipException e) {
      throw StepRejection.incomplete(
          step,
          "its " + file.getFileName() + " is cut off: " + e.getMessage(),
          "make room on the disk and build again; the step is done anew",
          work);
    }
  }
}
