package io.github.lightmamba.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Where the plugin's classes and resources lie: a jar, or a folder such as {@code target/classes}.
 *
 * @param path the jar or the folder
 */
public record CodeLocation(Path path) {
  /**
   * Returns where the plugin itself comes from.
   *
   * @throws IllegalStateException if the class loader does not tell
   */
  public static CodeLocation own() {
    var source = CodeLocation.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      throw new IllegalStateException("the class loader does not tell where the plugin's classes come from");
    }
    try {
      return new CodeLocation(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the plugin's location is no valid address: " + source.getLocation(), e);
    }
  }

  /**
   * Reads all files below a folder of the class path.
   *
   * @param prefix the folder with a slash at its end, or an empty text for everything
   * @return the contents by path below {@code prefix}, with slashes, sorted
   * @throws IOException if the jar or the folder cannot be read
   */
  public SortedMap<String, byte[]> read(String prefix) throws IOException {
    return Files.isDirectory(path) ? readFolder(prefix) : readJar(prefix);
  }

  private SortedMap<String, byte[]> readFolder(String prefix) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    Path root = path.resolve(prefix);
    if (Files.isDirectory(root)) {
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
          files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  private SortedMap<String, byte[]> readJar(String prefix) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (JarFile jar = new JarFile(path.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
          try (InputStream in = jar.getInputStream(entry)) {
            files.put(entry.getName().substring(prefix.length()), in.readAllBytes());
          }
        }
      }
    }
    return files;
  }
}
