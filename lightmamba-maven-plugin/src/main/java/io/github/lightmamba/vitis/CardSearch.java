package io.github.lightmamba.vitis;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cards of this machine, as XRT's tool tells them: {@code xrt-smi} or, before 2024.1, {@code xbutil}.
 *
 * <p>What counts is the file that the tool was asked for, not its exit code: the wrapper in Debian's package ends with
 * 0 and does nothing. Every value in it is a string, may be missing, and may be {@code N/A}.
 *
 * @param cards what was found
 * @param silence why there are none, in words; empty, if there are some
 */
public record CardSearch(List<Card> cards, String silence) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");
  private static final Pattern INTERFACE = Pattern.compile("(?m)^\\s*([0-9a-fA-F]{32})\\s*$");

  /** Copies the list. */
  public CardSearch {
    cards = List.copyOf(cards);
  }

  /**
   * Looks for cards.
   *
   * @param environment {@code XILINX_XRT} is used, then {@code /opt/xilinx/xrt} and the {@code PATH}
   * @param devices the folder of PCIe devices of the system, {@code /sys/bus/pci/devices}
   */
  public static CardSearch of(Map<String, String> environment, Path devices) {
    Optional<Path> tool = tool(environment);
    if (tool.isEmpty()) {
      return new CardSearch(List.of(), "neither xrt-smi nor xbutil is here");
    }
    try {
      Path folder = Files.createTempDirectory("lightmamba-cards");
      Path file = folder.resolve("examine.json"); // Must not exist, or the tool refuses to write it.
      try {
        List<String> command = List.of(tool.get().toString(), "examine", "-f", "JSON", "-o", file.toString());
        Path bin = tool.get().toAbsolutePath().getParent();
        String root = environment.getOrDefault("XILINX_XRT", String.valueOf(bin.getParent())); // Without it, it stops.
        new ProcessRunner()
            .run(
                Invocation.of(folder, command)
                    .withTimeout(PATIENCE)
                    .withEnvironment(Map.of("XILINX_XRT", root)));
        if (!Files.isRegularFile(file) || Files.size(file) == 0) {
          return new CardSearch(List.of(), tool.get() + " reports nothing");
        }
        List<Card> cards = read(file, devices);
        return new CardSearch(cards, cards.isEmpty() ? tool.get() + " names no card" : "");
      } finally {
        discard(folder);
      }
    } catch (IOException e) {
      return new CardSearch(List.of(), tool.get() + " does not answer (" + e.getMessage() + ")");
    }
  }

  /** The tool may have left files of its own; what cannot be deleted is the system's to clean. */
  private static void discard(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      folder.toFile().deleteOnExit();
    }
  }

  private static Optional<Path> tool(Map<String, String> environment) {
    for (String name : List.of("xrt-smi", "xbutil")) {
      for (String root : List.of(environment.getOrDefault("XILINX_XRT", ""), "/opt/xilinx/xrt")) {
        Path own = Path.of(root, "bin", name);
        if (!root.isBlank() && Files.isExecutable(own)) {
          return Optional.of(own);
        }
      }
      Optional<Path> found = ProcessRunner.find(name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static List<Card> read(Path file, Path devices) throws IOException {
    List<Card> cards = new ArrayList<>();
    for (JsonNode device : Json.read(file, JsonNode.class).path("system").path("host").path("devices")) {
      String address = text(device, "bdf");
      if (ADDRESS.matcher(address).matches()) {
        cards.add(new Card(address, text(device, "vbnv"), ready(device), interfaces(devices.resolve(address))));
      }
    }
    return cards;
  }

  /** An older tool does not say it. */
  private static boolean ready(JsonNode device) {
    return !text(device, "is_ready").equalsIgnoreCase("false");
  }

  private static String text(JsonNode device, String key) {
    String text = device.path(key).asText("").strip();
    return text.equalsIgnoreCase("NA") || text.equalsIgnoreCase("N/A") || text.equals("null") ? "" : text;
  }

  /** The report tells the identity of the shell, not what it offers to a bitstream; the driver does. */
  private static Set<String> interfaces(Path device) {
    Set<String> found = new TreeSet<>();
    try {
      Matcher matcher = INTERFACE.matcher(Files.readString(device.resolve("interface_uuids")));
      while (matcher.find()) {
        found.add(matcher.group(1).toLowerCase(Locale.ROOT));
      }
      return found;
    } catch (IOException e) {
      return Set.of(); // Another driver, or a shell of one stage, which offers none.
    }
  }
}
