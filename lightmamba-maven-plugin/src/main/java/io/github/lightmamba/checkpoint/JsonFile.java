package io.github.lightmamba.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A JSON object of a file, its fields read with type and limits; missing ones are noted. Not thread-safe. */
final class JsonFile {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          // Exports before transformers 5 write the bare word Infinity, which is not JSON.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String prefix; // of field names in messages
  private final JsonNode root;
  private final TreeSet<String> defaulted;

  private JsonFile(Path file, String prefix, JsonNode root, TreeSet<String> defaulted) {
    this.file = file;
    this.prefix = prefix;
    this.root = root;
    this.defaulted = defaulted;
  }

  /**
   * Reads a file.
   *
   * @param maxBytes a longer file is refused before it is read
   */
  static JsonFile read(Path file, long maxBytes) {
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw invalid(file, "the file has " + size + " bytes, at most " + maxBytes + " are read.");
      }
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (!root.isObject()) {
        throw invalid(file, "the file is no JSON object.");
      }
      return new JsonFile(file, "", root, new TreeSet<>());
    } catch (JsonProcessingException e) {
      throw new LightMambaException(
          ErrorCode.CONFIG_INVALID,
          file + ": no JSON (" + e.getOriginalMessage() + ").",
          "get the original " + file.getFileName() + " of the checkpoint.",
          e);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          file + " cannot be read (" + e + ").",
          "check the rights, or point to another checkpoint.",
          e);
    }
  }

  Path file() {
    return file;
  }

  JsonNode node(String field) {
    return root.path(field);
  }

  boolean has(String field) {
    return root.has(field);
  }

  List<String> fields() {
    List<String> names = new ArrayList<>();
    root.fieldNames().forEachRemaining(names::add);
    return names;
  }

  boolean missing(String field) {
    return root.path(field).isMissingNode() || root.path(field).isNull();
  }

  /** Returns an object inside this one; empty if it is missing. */
  JsonFile object(String field) {
    JsonNode node = missing(field) ? JSON.createObjectNode() : root.path(field);
    if (!node.isObject()) {
      throw wrong(field, "an object");
    }
    return new JsonFile(file, prefix + field + ".", node, defaulted);
  }

  /** Returns the fields that were asked for and are missing, sorted. */
  List<String> defaulted() {
    return List.copyOf(defaulted);
  }

  int required(String field, int low, int high) {
    if (missing(field)) {
      throw invalid(file, "there is no " + prefix + field + ".");
    }
    return integer(field, 0, low, high);
  }

  int integer(String field, int otherwise, int low, int high) {
    if (byDefault(field)) {
      return otherwise;
    }
    JsonNode node = root.path(field);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < low || node.intValue() > high) {
      throw wrong(field, "an integer from " + low + " to " + high);
    }
    return node.intValue();
  }

  double number(String field, double otherwise, double low, double high) {
    if (byDefault(field)) {
      return otherwise;
    }
    JsonNode node = root.path(field);
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!(value >= low && value <= high)) {
      throw wrong(field, "a number from " + low + " to " + high);
    }
    return value;
  }

  boolean bool(String field, boolean otherwise) {
    if (byDefault(field)) {
      return otherwise;
    }
    if (!root.path(field).isBoolean()) {
      throw wrong(field, "true or false");
    }
    return root.path(field).booleanValue();
  }

  /** Reads {@code [low, high]} of dt; {@code [0, infinity]} if it is missing. */
  double[] limits(String field) {
    if (byDefault(field)) {
      return new double[] {0, Double.POSITIVE_INFINITY};
    }
    JsonNode node = root.path(field);
    double low = limit(node.path(0));
    double high = limit(node.path(1));
    if (!node.isArray() || node.size() != 2 || !(low >= 0 && low <= high) || Double.isInfinite(low)) {
      throw wrong(field, "[low, high] with 0 <= low <= high");
    }
    return new double[] {low, high};
  }

  /** Returns a value for a message; a stranger's may be as long as the file. */
  static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }

  LightMambaException invalid(String what) {
    return invalid(file, what);
  }

  LightMambaException wrong(String field, String expected) {
    return invalid(file, prefix + field + " is " + brief(root.path(field)) + ", it must be " + expected + ".");
  }

  LightMambaException unsupported(String what) {
    return new LightMambaException(
        ErrorCode.CHECKPOINT_UNSUPPORTED,
        file + ": " + what,
        "use a Mamba-2 checkpoint of transformers (Mamba2ForCausalLM), of state-spaces, or Codestral Mamba.");
  }

  private boolean byDefault(String field) {
    if (missing(field)) {
      defaulted.add(prefix + field);
      return true;
    }
    return false;
  }

  /** A number, the bare word Infinity, its name as a string, or transformers 5's {@code {"__float__": "Infinity"}}. */
  private static double limit(JsonNode node) {
    JsonNode value = node.isObject() && node.size() == 1 ? node.path("__float__") : node;
    if (value.isNumber()) {
      return value.doubleValue();
    }
    boolean infinite = value.isTextual() && List.of("Infinity", "inf").contains(value.textValue());
    return infinite ? Double.POSITIVE_INFINITY : Double.NaN;
  }

  private static LightMambaException invalid(Path file, String what) {
    return new LightMambaException(
        ErrorCode.CONFIG_INVALID,
        file + ": " + what,
        "use the " + file.getFileName() + " that belongs to the checkpoint.");
  }
}
