package io.github.lightmamba.mojo;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.ResultCache;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Deletes the results that {@code quantize} and {@code build-bitstream} keep in {@code cacheDirectory}, which {@code
 * clean} leaves alone, and says how much that was. Only what the plugin made itself is deleted; the ledger of past
 * builds stays, and so does what another run holds.
 *
 * @since 0.1.0
 */
@Mojo(name = "clean-cache", requiresProject = false, threadSafe = true)
public final class CleanCacheMojo extends AbstractLightMambaMojo {
  private static final double MEGA = 1e6;

  /** Made by Maven. */
  public CleanCacheMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    Path folder =
        CacheDirectory.of(cacheDirectory, System.getenv(), System.getProperty("user.home"))
            .orElseThrow(() -> ParameterCheck.missing("cacheDirectory", "path/to/cache", "where results are kept"));
    ResultCache.Cleared cleared;
    try {
      cleared = new ResultCache(folder, 0).clear();
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_WRITABLE,
          "The cache " + folder + " cannot be cleaned (" + e + ").",
          "check the permissions of the folder.",
          e);
    }
    getLog()
        .info(
            String.format(
                Locale.ROOT, "clean-cache: deleted %d results (%.1f MB) from %s", cleared.results(),
                cleared.bytes() / MEGA, folder));
    if (cleared.held() > 0) {
      getLog().warn("clean-cache: " + cleared.held() + " results stay, because other runs use them");
    }
    cleared.foreign().forEach(path -> getLog().warn("clean-cache: " + path + " stays: it is no result of a goal"));
  }
}
