package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.vitis.LinkConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of {@code 2-kernels} that a bitstream depends on: sources, headers and configuration, not the images of a
 * checkpoint and not the C simulation.
 *
 * @param root the folder {@code 2-kernels}
 * @param link what the link is asked for
 * @param kernels by name, sorted
 */
record GeneratedKernels(Path root, LinkConfig link, Map<String, Kernel> kernels) {
  /** The folder of the sources. */
  static final String SOURCES = "hls";

  /** The folder of the headers. */
  static final String HEADERS = "include";

  /** What the link is asked for, in {@link #SOURCES}. */
  static final String LINK = "link.cfg";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#\\s*include\\s+\"([^\"\\n]{1,200})\"");

  /** Keys of the configuration that the command says instead: both together are an error of the tool. */
  private static final Pattern SAID_BY_COMMAND = Pattern.compile("(?m)^(?:part|platform|freqhz)\\s*=.*\\R?");

  /**
   * A kernel.
   *
   * @param name of its top function
   * @param source file name of its source
   * @param configuration for {@code --mode hls}, without device and clock, which the command says
   * @param frequencyHz the clock that the configuration asks for
   * @param files the source and every header that it includes, directly or not, by path below the root
   */
  record Kernel(
      String name, String source, String configuration, long frequencyHz, Map<String, Path> files) {}

  /**
   * Reads a folder.
   *
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if a file is missing or says too little
   */
  static GeneratedKernels read(Path root) {
    Path sources = root.resolve(SOURCES);
    LinkConfig link = LinkConfig.read(sources.resolve(LINK));
    Map<String, Kernel> kernels = new TreeMap<>();
    try (DirectoryStream<Path> configurations = Files.newDirectoryStream(sources, "hls_*.cfg")) {
      for (Path file : configurations) {
        Kernel kernel = kernel(root, file);
        kernels.put(kernel.name(), kernel);
      }
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(sources + " cannot be read (" + e + ")", e);
    }
    for (String kernel : new TreeSet<>(link.instances().values())) {
      if (!kernels.containsKey(kernel)) {
        throw unreadable(link.file() + " names the kernel " + kernel + ", and no hls_*.cfg beside it makes it", null);
      }
    }
    kernels.keySet().retainAll(link.instances().values());
    if (kernels.isEmpty()) {
      throw unreadable(link.file() + " names no kernel (nk=)", null);
    }
    return new GeneratedKernels(root, link, kernels);
  }

  private static Kernel kernel(Path root, Path file) throws IOException {
    String text = Files.readString(file);
    String source = value(file, text, "syn.file");
    Map<String, Path> files = closure(root, source);
    return new Kernel(
        value(file, text, "syn.top"),
        source,
        SAID_BY_COMMAND.matcher(text).replaceAll(""),
        hertz(file, value(file, text, "freqhz")),
        files);
  }

  private static long hertz(Path file, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw unreadable(file + ": freqhz = " + text + " is no number of Hz", e);
    }
  }

  private static String value(Path file, String text, String key) {
    Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(key) + "\\s*=\\s*(\\S+)\\s*$").matcher(text);
    if (!matcher.find()) {
      throw unreadable(file + " has no line " + key + "=", null);
    }
    return matcher.group(1);
  }

  /** A header that is in neither folder is the tool's own. */
  private static Map<String, Path> closure(Path root, String source) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    Deque<String> left = new ArrayDeque<>(List.of(SOURCES + "/" + source));
    while (!left.isEmpty()) {
      String path = left.pop();
      Path file = root.resolve(path).normalize();
      if (!file.startsWith(root.normalize()) || files.put(path, file) != null) {
        continue;
      }
      Matcher include = INCLUDE.matcher(Files.readString(file));
      while (include.find()) {
        String here = root.normalize().relativize(file.resolveSibling(include.group(1)).normalize()).toString();
        for (String candidate :
            List.of(here.replace('\\', '/'), SOURCES + "/" + include.group(1), HEADERS + "/" + include.group(1))) {
          if (Files.isRegularFile(root.resolve(candidate))) {
            left.push(candidate);
            break;
          }
        }
      }
    }
    return files;
  }

  /** Returns the clock that the design was generated for, in MHz. */
  int frequencyMhz() {
    return (int) (kernels.values().iterator().next().frequencyHz() / 1_000_000);
  }

  /** Returns the digest of each file that a bitstream depends on, by path; images and simulation are not among them. */
  Map<String, String> digests(FileDigests digests) {
    Map<String, String> all = new TreeMap<>();
    all.put(SOURCES + "/" + LINK, digests.sha256(link.file()));
    for (Kernel kernel : kernels.values()) {
      kernel.files().forEach((path, file) -> all.put(path, digests.sha256(file)));
      all.put("configuration of " + kernel.name(), Sha256.of(kernel.configuration() + kernel.frequencyHz()));
    }
    return all;
  }

  /** Returns one digest of all of them. */
  String digest(FileDigests digests) {
    Sha256 sha = new Sha256();
    digests(digests).forEach((path, digest) -> sha.addNamed(path, digest.getBytes(StandardCharsets.US_ASCII)));
    return sha.hex();
  }

  /** Returns the names of all instances, in the order of the file. */
  List<String> instances() {
    return new ArrayList<>(new LinkedHashMap<>(link.instances()).keySet());
  }

  private static LightMambaException unreadable(String what, Throwable cause) {
    String remedy = "run generate-kernels again; a changed template has to keep it.";
    return new LightMambaException(ErrorCode.FILE_NOT_READABLE, what + ".", remedy, cause);
  }
}
