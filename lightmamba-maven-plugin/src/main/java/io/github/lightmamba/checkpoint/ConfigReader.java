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
import java.util.OptionalInt;
import java.util.TreeSet;

/** Reads {@code config.json} of a Hugging Face Mamba-2 checkpoint; source: transformers 5.18, {@code Mamba2Config}. */
final class ConfigReader {
  /** A configuration is a few hundred bytes; more than this is not one. */
  private static final long MAX_BYTES = 1 << 20;

  private static final double DEFAULT_NORM_EPSILON = 1e-5;
  private static final int MAX_TOKENS = 1 << 24;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          // Exports before transformers 5 write the bare word Infinity, which is not JSON.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final JsonNode root;
  private final TreeSet<String> defaulted = new TreeSet<>();

  private ConfigReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static Mamba2Config read(Path file) {
    JsonNode root = parse(file);
    Architectures.requireMamba2(file, root);
    return new ConfigReader(file, root).config();
  }

  private static JsonNode parse(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw invalid(file, "the file has " + Files.size(file) + " bytes, at most " + MAX_BYTES + " are read.");
      }
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (!root.isObject()) {
        throw invalid(file, "the file is no JSON object.");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new LightMambaException(
          ErrorCode.CONFIG_INVALID,
          file + ": no JSON (" + e.getOriginalMessage() + ").",
          "get the original config.json of the checkpoint.",
          e);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          file + " cannot be read (" + e + ").",
          "point to a folder with config.json, model.safetensors and tokenizer.json.",
          e);
    }
  }

  private Mamba2Config config() {
    int hidden = integer("hidden_size", 4096, 1, 1 << 16);
    int heads = integer("num_heads", 128, 1, 1 << 12);
    int headDim = integer("head_dim", 64, 1, 1 << 12);
    int groups = integer("n_groups", 8, 1, 1 << 12);
    double expand = number("expand", 2, 0, 64);
    long inner = (long) (expand * hidden);
    if (inner != (long) heads * headDim) {
      throw invalid(
          file,
          "hidden_size * expand = %d * %s = %d, but num_heads * head_dim = %d * %d = %d; they must be equal."
              .formatted(hidden, expand, inner, heads, headDim, (long) heads * headDim));
    }
    if (heads % groups != 0) {
      throw invalid(file, "num_heads = " + heads + " is no multiple of n_groups = " + groups + ".");
    }
    double[] limits = timeStepLimit();
    return new Mamba2Config(
        hidden,
        heads * headDim,
        heads,
        headDim,
        integer("state_size", 128, 1, 1 << 12),
        groups,
        integer("conv_kernel", 4, 1, 16),
        integer("num_hidden_layers", 64, 1, 1 << 10),
        integer("vocab_size", 32768, 2, MAX_TOKENS),
        number("layer_norm_epsilon", DEFAULT_NORM_EPSILON, 0, 1),
        bool("tie_word_embeddings", false),
        bool("use_bias", false),
        bool("use_conv_bias", true),
        limits[0],
        limits[1],
        bool("residual_in_fp32", true),
        bosId(),
        eosIds(),
        List.copyOf(defaulted));
  }

  private boolean missing(String field) {
    return root.path(field).isMissingNode() || root.path(field).isNull();
  }

  private int integer(String field, int otherwise, int low, int high) {
    if (missing(field)) {
      defaulted.add(field);
      return otherwise;
    }
    JsonNode node = root.path(field);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < low || node.intValue() > high) {
      throw invalid(file, field + " is " + node + ", it must be an integer from " + low + " to " + high + ".");
    }
    return node.intValue();
  }

  private double number(String field, double otherwise, double low, double high) {
    if (missing(field)) {
      defaulted.add(field);
      return otherwise;
    }
    JsonNode node = root.path(field);
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!(value >= low && value <= high)) {
      throw invalid(file, field + " is " + node + ", it must be a number from " + low + " to " + high + ".");
    }
    return value;
  }

  private boolean bool(String field, boolean otherwise) {
    if (missing(field)) {
      defaulted.add(field);
      return otherwise;
    }
    if (!root.path(field).isBoolean()) {
      throw invalid(file, field + " is " + root.path(field) + ", it must be true or false.");
    }
    return root.path(field).booleanValue();
  }

  private double[] timeStepLimit() {
    if (missing("time_step_limit")) {
      defaulted.add("time_step_limit");
      return new double[] {0, Double.POSITIVE_INFINITY};
    }
    JsonNode node = root.path("time_step_limit");
    double low = limit(node.path(0));
    double high = limit(node.path(1));
    if (!node.isArray() || node.size() != 2 || !(low >= 0 && low <= high) || Double.isInfinite(low)) {
      throw invalid(file, "time_step_limit is " + node + ", it must be [low, high] with 0 <= low <= high.");
    }
    return new double[] {low, high};
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

  private OptionalInt bosId() {
    return missing("bos_token_id") ? OptionalInt.empty() : OptionalInt.of(integer("bos_token_id", 0, 0, MAX_TOKENS));
  }

  private List<Integer> eosIds() {
    JsonNode node = root.path("eos_token_id");
    if (!node.isArray()) {
      return missing("eos_token_id") ? List.of() : List.of(integer("eos_token_id", 0, 0, MAX_TOKENS));
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : node) {
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() > MAX_TOKENS) {
        throw invalid(file, "eos_token_id is " + node + ", it must be a token number or a list of them.");
      }
      ids.add(id.intValue());
    }
    return ids;
  }

  private static LightMambaException invalid(Path file, String what) {
    return new LightMambaException(
        ErrorCode.CONFIG_INVALID, file + ": " + what, "use the config.json that belongs to the checkpoint.");
  }
}
