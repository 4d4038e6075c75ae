package io.github.lightmamba.vitis;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Looks for platforms: {@code <repository>/<platform>/<platform>.xpfm}.
 *
 * @param repositories in this order
 */
public record PlatformSearch(List<Path> repositories) {
  private static final String SUFFIX = ".xpfm";
  private static final int SHOWN = 20;

  /**
   * Returns where to look: what the user named, else {@code PLATFORM_REPO_PATHS}; then {@code /opt/xilinx/platforms}
   * and the base platforms that come with Vitis.
   *
   * @param named the parameter {@code platformRepositories}; may be empty
   * @param environment {@code PLATFORM_REPO_PATHS} is used, parted by colons
   * @param vitis the folder that holds {@code bin/v++}, or nothing
   */
  public static PlatformSearch of(List<Path> named, Map<String, String> environment, Optional<Path> vitis) {
    List<Path> repositories = new ArrayList<>(named);
    if (named.isEmpty()) {
      for (String path : environment.getOrDefault("PLATFORM_REPO_PATHS", "").split(File.pathSeparator)) {
        if (!path.isBlank()) {
          repositories.add(Path.of(path.strip()));
        }
      }
    }
    repositories.add(Path.of("/opt/xilinx/platforms"));
    vitis.ifPresent(home -> repositories.add(home.resolve("base_platforms")));
    return new PlatformSearch(List.copyOf(repositories));
  }

  /**
   * Finds a platform.
   *
   * @param platform its name, or the path of its {@code .xpfm}
   * @throws LightMambaException {@link ErrorCode#PLATFORM_MISSING} with the places that were looked at and the
   *     platforms that are there
   */
  public Platform find(String platform) {
    if (platform.endsWith(SUFFIX)) {
      Path file = Path.of(platform);
      if (!Files.isRegularFile(file)) {
        throw missing("There is no platform file " + platform + ".");
      }
      String name = String.valueOf(file.getFileName());
      return new Platform(name.substring(0, name.length() - SUFFIX.length()), file.toAbsolutePath());
    }
    if (!platform.matches("[A-Za-z0-9_.-]{1,200}") || platform.startsWith(".")) {
      throw missing("\"" + platform + "\" is neither a platform's name nor the path of an .xpfm file.");
    }
    for (Path repository : repositories) {
      for (Path folder : List.of(repository.resolve(platform), repository)) {
        Path file = folder.resolve(platform + SUFFIX);
        if (Files.isRegularFile(file)) {
          return new Platform(platform, file.toAbsolutePath());
        }
      }
    }
    List<String> there = names();
    throw missing(
        "The platform " + platform + " is in none of " + repositories + "; there "
            + (there.isEmpty() ? "are none" : "are " + String.join(", ", there)) + ".");
  }

  /** Returns the names of the platforms that are there, sorted, twenty at most. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (Path repository : repositories) {
      if (Files.isDirectory(repository)) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(repository)) {
          for (Path folder : folders) {
            String name = String.valueOf(folder.getFileName());
            if (Files.isRegularFile(folder.resolve(name + SUFFIX))) {
              names.add(name);
            }
          }
        } catch (IOException e) {
          names.add(repository + " (not readable)");
        }
      }
    }
    return names.stream().limit(SHOWN).toList();
  }

  private static LightMambaException missing(String what) {
    return new LightMambaException(
        ErrorCode.PLATFORM_MISSING,
        what,
        "install the platform's development package, or name its folder with platformRepositories.");
  }
}
