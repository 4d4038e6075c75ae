package io.github.lightmamba.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Reads the configuration of transformers; source: transformers 5.18, {@code Mamba2Config}. */
final class HuggingFaceConfig {
  private final JsonFile json;

  private HuggingFaceConfig(JsonFile json) {
    this.json = json;
  }

  static StoredConfig read(JsonFile json) {
    return new HuggingFaceConfig(json).config();
  }

  private StoredConfig config() {
    int hidden = json.integer("hidden_size", 4096, 1, ConfigLimits.WIDTH);
    int heads = json.integer("num_heads", 128, 1, ConfigLimits.HEADS);
    int headDim = json.integer("head_dim", 64, 1, ConfigLimits.HEAD_DIM);
    int groups = json.integer("n_groups", 8, 1, ConfigLimits.HEADS);
    double expand = json.number("expand", 2, 0, ConfigLimits.EXPAND);
    long inner = (long) (expand * hidden);
    if (inner != (long) heads * headDim) {
      throw json.invalid(
          "hidden_size * expand = %d * %s = %d, but num_heads * head_dim = %d * %d = %d; they must be equal."
              .formatted(hidden, expand, inner, heads, headDim, (long) heads * headDim));
    }
    if (heads % groups != 0) {
      throw json.invalid("num_heads = " + heads + " is no multiple of n_groups = " + groups + ".");
    }
    double[] limits = json.limits("time_step_limit");
    int vocabulary = json.integer("vocab_size", 32768, 2, ConfigLimits.TOKENS);
    Mamba2Config config =
        new Mamba2Config(
            hidden,
            heads * headDim,
            heads,
            headDim,
            json.integer("state_size", 128, 1, ConfigLimits.STATES),
            groups,
            // The norm of transformers knows no groups, whatever the checkpoint was trained with.
            1,
            json.integer("conv_kernel", 4, 1, ConfigLimits.TAPS),
            json.integer("num_hidden_layers", 64, 1, ConfigLimits.LAYERS),
            vocabulary,
            json.number("layer_norm_epsilon", ConfigLimits.DEFAULT_NORM_EPSILON, 0, 1),
            json.bool("tie_word_embeddings", false),
            json.bool("use_bias", false),
            json.bool("use_conv_bias", true),
            limits[0],
            limits[1],
            json.bool("residual_in_fp32", true),
            bosId(),
            eosIds(),
            json.defaulted());
    return new StoredConfig(config, vocabulary, "tie_word_embeddings");
  }

  private OptionalInt bosId() {
    return json.missing("bos_token_id")
        ? OptionalInt.empty()
        : OptionalInt.of(json.integer("bos_token_id", 0, 0, ConfigLimits.TOKENS));
  }

  private List<Integer> eosIds() {
    JsonNode node = json.node("eos_token_id");
    if (!node.isArray()) {
      return json.missing("eos_token_id")
          ? List.of()
          : List.of(json.integer("eos_token_id", 0, 0, ConfigLimits.TOKENS));
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : node) {
      boolean token = id.isIntegralNumber() && id.canConvertToInt();
      if (!token || id.intValue() < 0 || id.intValue() > ConfigLimits.TOKENS) {
        throw json.wrong("eos_token_id", "a token number or a list of them");
      }
      ids.add(id.intValue());
    }
    return ids;
  }
}
