package io.github.lightmamba.vitis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The interfaces of the shell that a platform builds for, before anything is linked. A bitstream names them in its
 * section PARTITION_METADATA; the hardware description of the platform, a zip, is searched for the same key.
 */
public final class PlatformInterfaces {
  private static final int DEPTH = 4;
  private static final int MOST_ENTRIES = 20_000;
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern NAMES = Pattern.compile("(?i).*\\.(?:json|xml|hpfm|pm)");
  private static final Pattern INTERFACE =
      Pattern.compile("interface_?uuid\"?\\s*[:=]\\s*\"?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
          Pattern.CASE_INSENSITIVE);

  private PlatformInterfaces() {}

  /** Returns the interfaces, as 32 hexadecimal digits; empty, if the platform does not tell them. */
  public static Set<String> of(Platform platform) {
    Set<String> found = new TreeSet<>();
    Path folder = platform.file().toAbsolutePath().getParent();
    try (Stream<Path> files =
        Files.find(folder, DEPTH, (file, attributes) -> attributes.isRegularFile() && isHardware(file))) {
      for (Path file : files.sorted().toList()) {
        search(file, found);
      }
      return found;
    } catch (IOException | UncheckedIOException e) {
      return Set.of(); // What cannot be read tells nothing; the names are compared then.
    }
  }

  private static boolean isHardware(Path file) {
    return file.getFileName().toString().endsWith(".xsa");
  }

  private static void search(Path file, Set<String> found) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries =
          zip.stream()
              .filter(entry -> NAMES.matcher(entry.getName()).matches() && entry.getSize() <= MOST_BYTES)
              .limit(MOST_ENTRIES)
              .toList();
      for (ZipEntry entry : entries) {
        try (InputStream in = zip.getInputStream(entry)) {
          String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
          Matcher matcher = INTERFACE.matcher(text);
          while (matcher.find()) {
            found.add(matcher.group(1).replace("-", "").toLowerCase(Locale.ROOT));
          }
        }
      }
    }
  }
}
