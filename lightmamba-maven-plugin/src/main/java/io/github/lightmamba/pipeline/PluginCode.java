package io.github.lightmamba.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The digest of the plugin's own classes and resources.
 *
 * <p>Content only: a jar and the folder that it was made from give the same digest. Left out are {@code META-INF},
 * which holds times and build tools, and the accelerator sources, which are an input of their own.
 */
public final class PluginCode {
  /** Where the accelerator sources lie on the class path. */
  public static final String ACCELERATOR_SOURCES = "io/github/lightmamba/accelerator-src/";

  private PluginCode() {}

  /** Returns the digest of this plugin; computed once per class loader. */
  public static String digest() {
    return Once.DIGEST;
  }

  /**
   * Returns the digest of the code in a location.
   *
   * @throws IOException if it cannot be read
   */
  static String digest(CodeLocation location) throws IOException {
    Sha256 sha = new Sha256();
    location
        .read("")
        .forEach(
            (name, bytes) -> {
              if (!name.startsWith("META-INF/") && !name.startsWith(ACCELERATOR_SOURCES)) {
                sha.addNamed(name, bytes);
              }
            });
    return sha.hex();
  }

  private static final class Once {
    static final String DIGEST = compute();

    private static String compute() {
      try {
        return PluginCode.digest(CodeLocation.own());
      } catch (IOException e) {
        throw new UncheckedIOException("the plugin's own code cannot be read", e);
      }
    }
  }
}
