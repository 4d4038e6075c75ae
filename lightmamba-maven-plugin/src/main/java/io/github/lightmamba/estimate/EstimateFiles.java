package io.github.lightmamba.estimate;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes {@code estimate.json} and its pictures; each appears in one step. */
public final class EstimateFiles {
  private EstimateFiles() {}

  /**
   * Writes the figures and the pictures of a board.
   *
   * @return the JSON file
   */
  public static Path write(Workspace workspace, Figures figures) {
    Path file = workspace.estimate(figures.board());
    try {
      Files.createDirectories(file.getParent());
      replace(file.resolveSibling("estimate-roofline.svg"), RooflinePlot.of(figures, peakMacs(figures)));
      replace(file.resolveSibling("estimate-timeline.svg"), TimelinePlot.of(figures));
      Json.replace(file, figures);
      return file;
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_WRITABLE, file + " cannot be written (" + e + ").",
          "check the permissions and the free space of the folder.", e);
    }
  }

  /** Multiplications a second of all multipliers: those of decode over their use. */
  private static double peakMacs(Figures figures) {
    double used = figures.compute().macsPerToken() * figures.decode().tokensPerSecond();
    return used / figures.compute().decodeUtilization();
  }

  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.write(next, text.getBytes(StandardCharsets.UTF_8));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
