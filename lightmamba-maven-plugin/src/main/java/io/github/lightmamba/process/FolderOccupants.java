package io.github.lightmamba.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds programs that work in a folder, such as those that a killed build left running; on Linux only. */
public final class FolderOccupants {
  private static final Path PROCESSES = Path.of("/proc");

  private FolderOccupants() {}

  /**
   * Returns the process ids of programs of this user whose working directory is a folder or lies below it; none where
   * that cannot be told.
   *
   * @param folder need not exist
   */
  public static List<Long> of(Path folder) {
    List<Long> found = new ArrayList<>();
    if (!Files.isDirectory(PROCESSES) || !Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      Path real = folder.toRealPath();
      for (Path process : processes) {
        if (worksIn(process, real)) {
          found.add(Long.valueOf(process.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      return found; // What cannot be told is not held against anybody.
    }
    return found;
  }

  private static boolean worksIn(Path process, Path folder) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).startsWith(folder);
    } catch (IOException | SecurityException e) {
      return false; // It has ended, or is another user's.
    }
  }
}
