package io.github.lightmamba.bitstream;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Files that the words of {@link VppOptions} name by absolute paths, for example a script for Vivado: what counts for a
 * key is what is in them, not where they are.
 */
final class OptionFiles {
  private OptionFiles() {}

  /** Returns the files, by the names of their inputs. */
  static Map<String, Path> of(List<String> options) {
    Map<String, Path> files = new TreeMap<>();
    options.forEach(word -> file(word).ifPresent(file -> files.put("vppOptions: " + name(files, file), file)));
    return files;
  }

  /** Returns the options with names of files in the place of their paths. */
  static List<String> withoutPaths(List<String> options) {
    return options.stream()
        .map(word -> file(word).map(file -> word.replace(file.toString(), file.getFileName().toString())).orElse(word))
        .toList();
  }

  private static String name(Map<String, Path> files, Path file) {
    String name = file.getFileName().toString();
    boolean taken = files.containsKey("vppOptions: " + name) && !files.containsValue(file);
    return taken ? name + " (" + files.size() + ")" : name;
  }

  /** The path is the word, or what follows the last equals sign in it. */
  private static Optional<Path> file(String word) {
    try {
      Path path = Path.of(word.substring(word.lastIndexOf('=') + 1));
      return path.isAbsolute() && Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
