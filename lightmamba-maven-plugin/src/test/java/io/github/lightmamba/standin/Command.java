package io.github.lightmamba.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A command line and its configuration files, checked option by option against the documented ones. */
final class Command {
  /** Keys of configuration files whose values are files, relative to the configuration file. */
  private static final Set<String> PATHS = Set.of("--hls.syn.file", "--hls.tb.file", "--package.rootfs");

  private final String tool;
  private final VitisVersion version;
  private final JsonNode documented;
  private final List<String> words;
  private final Map<String, List<String>> options = new LinkedHashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private String mode = "";

  private Command(String tool, VitisVersion version, List<String> words) throws IOException {
    this.tool = tool;
    this.version = version;
    this.words = words;
    try (InputStream in = Command.class.getResourceAsStream("options.json")) {
      this.documented = new ObjectMapper().readTree(in).required(tool);
    }
  }

  static Command parse(String tool, VitisVersion version, List<String> words) throws IOException, Rejection {
    Command command = new Command(tool, version, words);
    if (tool.equals("v++")) {
      command.mode = command.modeOf();
    }
    command.words();
    for (String file : List.copyOf(command.all("--config"))) {
      command.configuration(Path.of(file));
    }
    return command;
  }

  /** The mode decides which options are allowed, so it is found first. */
  private String modeOf() throws Rejection {
    boolean compile = words.contains("-c") || words.contains("--compile");
    boolean link = words.contains("-l") || words.contains("--link");
    boolean pack = words.contains("-p") || words.contains("--package");
    if ((compile ? 1 : 0) + (link ? 1 : 0) + (pack ? 1 : 0) != 1) {
      throw new Rejection("ERROR: [v++ 60-1272] Specify exactly one of --compile, --link and --package.");
    }
    if (!compile) {
      return link ? "link" : "package";
    }
    boolean hls = words.contains("--mode") || words.stream().anyMatch(word -> word.startsWith("--mode="));
    return hls ? "hls" : "classic";
  }

  private void words() throws Rejection {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        inputs.add(word);
        continue;
      }
      String name = word;
      String value = null;
      if (word.startsWith("--") && word.contains("=")) {
        name = word.substring(0, word.indexOf('='));
        value = word.substring(word.indexOf('=') + 1);
      } else if (!word.startsWith("--") && word.length() > 2) {
        name = word.substring(0, 2);
        value = word.substring(2);
      }
      JsonNode option = option(name);
      boolean takes = !option.path("value").asText().equals("none");
      if (takes && value == null) {
        i++;
        if (i == words.size() || words.get(i).startsWith("--")) {
          throw new Rejection("ERROR: [v++ 60-1238] the required argument for option '" + name + "' is missing");
        }
        value = words.get(i);
      } else if (!takes && value != null) {
        throw new Rejection("ERROR: [v++ 60-1238] option '" + name + "' does not take any arguments");
      }
      put(option, value == null ? "" : value);
    }
  }

  private JsonNode option(String name) throws Rejection {
    for (JsonNode option : documented) {
      boolean named = false;
      for (JsonNode other : option.path("names")) {
        named |= other.asText().equals(name);
      }
      if (named && inVersion(option) && inMode(option)) {
        return option;
      }
    }
    String where = " (" + tool + " " + version + " " + mode + ")";
    throw new Rejection("ERROR: [v++ 60-1238] unrecognised option '" + name + "'" + where);
  }

  private boolean inVersion(JsonNode option) {
    return version.between(
        VitisVersion.of(option.path("first").asText("2020.1")), VitisVersion.of(option.path("last").asText("2099.9")));
  }

  private boolean inMode(JsonNode option) {
    if (mode.isEmpty()) {
      return true;
    }
    for (JsonNode allowed : option.path("modes")) {
      if (allowed.asText().equals(mode)) {
        return true;
      }
    }
    return false;
  }

  private void put(JsonNode option, String value) throws Rejection {
    JsonNode names = option.path("names");
    String name = names.get(names.size() - 1).asText();
    List<String> list = options.computeIfAbsent(name, key -> new ArrayList<>());
    if (!list.isEmpty() && option.path("value").asText().equals("one")) {
      throw new Rejection("ERROR: [v++ 60-1238] option '" + name + "' cannot be specified more than once");
    }
    list.add(value);
  }

  /** A configuration file: options without their dashes, general ones first, then by section. */
  private void configuration(Path file) throws IOException, Rejection {
    if (!Files.isRegularFile(file)) {
      throw new Rejection("ERROR: [v++ 60-1266] Failed to open config file '" + file + "'");
    }
    String section = "";
    for (String raw : Files.readAllLines(file)) {
      String line = raw.replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      if (line.matches("\\[\\w+]")) {
        section = line.substring(1, line.length() - 1) + ".";
        continue;
      }
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw new Rejection("ERROR: [v++ 60-1263] Invalid line in config file '" + file + "': " + line);
      }
      String key = line.substring(0, equals).strip();
      String value = line.substring(equals + 1).strip();
      String name = "--" + section + key;
      JsonNode option = option(name);
      if (PATHS.contains(name)) {
        value = file.toAbsolutePath().getParent().resolve(value).toString();
      }
      if (option.path("value").asText().equals("none")) {
        value = "";
      }
      put(option, value);
    }
  }

  /** Classic and hls compilation, link or package. */
  String mode() {
    return mode;
  }

  VitisVersion version() {
    return version;
  }

  List<String> inputs() {
    List<String> all = new ArrayList<>(inputs);
    all.addAll(all("--input_files"));
    return all;
  }

  List<String> all(String name) {
    return options.getOrDefault(name, List.of());
  }

  Optional<String> one(String name) {
    return all(name).stream().findFirst();
  }

  String required(String name) throws Rejection {
    return one(name).orElseThrow(() -> new Rejection("ERROR: [v++ 60-1276] Option '" + name + "' is required"));
  }

  boolean has(String name) {
    return options.containsKey(name);
  }

  /** Whether a word stands anywhere in command or configuration. */
  boolean mentions(String word) {
    return words.stream().anyMatch(part -> part.contains(word))
        || options.values().stream().flatMap(List::stream).anyMatch(part -> part.contains(word));
  }

  String line() {
    return tool + " " + String.join(" ", words);
  }
}
