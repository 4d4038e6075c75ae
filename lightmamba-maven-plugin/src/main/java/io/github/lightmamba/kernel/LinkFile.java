package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@code link.cfg} says, read back; the {@code [connectivity]} section of UG1702.
 *
 * @param kernelOf kernel by instance
 * @param memoryOf memory tag by instance and port
 * @param regionOf region by instance
 * @param links from and to, each instance and port
 */
record LinkFile(
    Map<String, String> kernelOf, Map<String, String> memoryOf, Map<String, String> regionOf, List<String[]> links) {

  static LinkFile read(Path file) throws IOException {
    LinkFile result = new LinkFile(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(),
        new ArrayList<>());
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      if (line.startsWith("#") || equals < 0) {
        continue;
      }
      String[] parts = line.substring(equals + 1).split(":");
      switch (line.substring(0, equals)) {
        case "nk" -> {
          for (String instance : parts[2].split("\\.")) {
            result.kernelOf.put(instance, parts[0]);
          }
        }
        case "sp" -> once(result.memoryOf, parts, line);
        case "slr" -> once(result.regionOf, parts, line);
        case "stream_connect" -> result.links.add(new String[] {parts[0], parts[1]});
        default -> throw new IllegalStateException(file + ": unknown line " + line);
      }
    }
    return result;
  }

  private static void once(Map<String, String> places, String[] parts, String line) {
    String before = places.put(parts[0], parts[1]);
    if (before != null) {
      throw new LinkFault("the line " + line + " maps what is mapped to " + before);
    }
  }
}
