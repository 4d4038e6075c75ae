package io.github.lightmamba.mojo;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where results are kept between builds: the parameter, or the place of the XDG Base Directory Specification 0.8. */
final class CacheDirectory {
  private static final String NAME = "lightmamba";

  private CacheDirectory() {}

  /**
   * Returns the folder.
   *
   * @param given the parameter {@code cacheDirectory}, or null
   * @param environment the variables of the environment
   * @param home the user's home folder; a container without one has a text that is no absolute path, or null
   * @return nothing, if neither parameter nor environment nor home names one
   */
  static Optional<Path> of(File given, Map<String, String> environment, String home) {
    if (given != null && !given.getPath().isBlank()) {
      return Optional.of(given.toPath().toAbsolutePath().normalize());
    }
    return absolute(environment.get("XDG_CACHE_HOME")) // A relative one is to be ignored, says the specification.
        .or(() -> absolute(home).map(path -> path.resolve(".cache")))
        .map(path -> path.resolve(NAME));
  }

  private static Optional<Path> absolute(String path) {
    return path == null || path.isBlank() ? Optional.empty() : Optional.of(Path.of(path)).filter(Path::isAbsolute);
  }
}
