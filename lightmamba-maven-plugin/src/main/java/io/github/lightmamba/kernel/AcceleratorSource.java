package io.github.lightmamba.kernel;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.CodeLocation;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of {@code accelerator-src}: those inside the plugin, or a folder of the user's.
 *
 * <p>They are read once, so that what was digested is what is copied. Files and folders whose name starts with a dot
 * are left out.
 */
public final class AcceleratorSource {
  private static final String HEADERS = "include/lightmamba/";

  private final String origin;
  private final SortedMap<String, byte[]> files;

  private AcceleratorSource(String origin, SortedMap<String, byte[]> all) {
    SortedMap<String, byte[]> visible = new TreeMap<>(all);
    visible.keySet().removeIf(path -> path.startsWith(".") || path.contains("/."));
    this.origin = origin;
    this.files = Collections.unmodifiableSortedMap(visible);
  }

  /** Returns the sources that travel in the plugin. */
  public static AcceleratorSource bundled() {
    return bundled(CodeLocation.own());
  }

  /** Returns the sources that travel in a jar or folder of classes. */
  static AcceleratorSource bundled(CodeLocation location) {
    return read("the plugin", location, PluginCode.ACCELERATOR_SOURCES);
  }

  /**
   * Returns the sources in a folder with the layout of {@code accelerator-src}.
   *
   * @throws LightMambaException {@link ErrorCode#PARAMETER_INVALID} if it has no {@code include/lightmamba}
   */
  public static AcceleratorSource of(Path folder) {
    if (!Files.isDirectory(folder.resolve(HEADERS))) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "The parameter acceleratorSource is " + folder + ", but this is no folder with a folder " + HEADERS + ".",
          "name a copy of accelerator-src, or leave the parameter out to use the plugin's own sources.");
    }
    return read(folder.toString(), new CodeLocation(folder), "");
  }

  /** Returns the paths of all files, with slashes, sorted. */
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  /**
   * Returns a file's content.
   *
   * @param path one of {@link #list}
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if there is no such file
   */
  public byte[] read(String path) {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          "The accelerator sources of " + origin + " have no file " + path + ".",
          "compare the folder with accelerator-src of this version of the plugin.");
    }
    return bytes.clone();
  }

  /**
   * Writes all files below a folder.
   *
   * @param folder where to write; made if missing
   * @throws IOException if writing fails
   */
  public void copyTo(Path folder) throws IOException {
    for (var entry : files.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
  }

  /** Returns the digest of paths and contents; the same for a jar and the folder that it was made from. */
  public String digest() {
    Sha256 sha = new Sha256();
    files.forEach(sha::addNamed);
    return sha.hex();
  }

  private static AcceleratorSource read(String origin, CodeLocation location, String prefix) {
    try {
      return new AcceleratorSource(origin, location.read(prefix));
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          "The accelerator sources of " + origin + " cannot be read (" + e + ").",
          "check the permissions of the folder or of the plugin's jar.",
          e);
    }
  }
}
