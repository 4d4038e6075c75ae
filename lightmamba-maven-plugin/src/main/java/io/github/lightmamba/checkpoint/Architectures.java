package io.github.lightmamba.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.error.LightMambaException;
import java.util.Map;

/** Tells the layouts of Mamba-2 apart; knows its neighbours, and why each is not read. */
final class Architectures {
  private static final String HYBRID = "a hybrid of Mamba and attention blocks; attention has no kernel here";
  private static final String MAMBA_1 =
      "Mamba-1: its state update has a matrix A and a low-rank dt, which have no kernel here";
  private static final String MAMBA_3 =
      "Mamba-3: no convolution, rotary B and C and a trapezoidal rule, which have no kernel";

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("mamba", MAMBA_1),
          Map.entry("falcon_mamba", "Falcon-Mamba: Mamba-1 with norms on B, C and dt, which have no kernel here"),
          Map.entry("mamba3", MAMBA_3),
          Map.entry("bamba", "Bamba, " + HYBRID),
          Map.entry("granitemoehybrid", "Granite MoE hybrid, " + HYBRID),
          Map.entry("falcon_h1", "Falcon-H1, " + HYBRID),
          Map.entry("nemotron_h", "Nemotron-H, " + HYBRID),
          Map.entry("zamba", "Zamba, " + HYBRID),
          Map.entry("zamba2", "Zamba2, " + HYBRID),
          Map.entry("jamba", "Jamba, " + HYBRID));

  private Architectures() {}

  /** Whose names the configuration uses. */
  enum Layout {
    /** {@code hidden_size}, {@code num_hidden_layers}. */
    HUGGING_FACE,
    /** {@code d_model}, {@code n_layer}, {@code ssm_cfg}. */
    STATE_SPACES,
    /** {@code dim}, {@code n_layers}. */
    CODESTRAL
  }

  /**
   * Accepts Mamba-2 of plain blocks.
   *
   * @throws LightMambaException that names the architecture or the field and the reason
   */
  static Layout require(JsonFile json) {
    JsonNode type = json.node("model_type");
    boolean mistral = json.has("dim") && json.has("n_layers");
    // Codestral's own params.json calls itself "mamba".
    if (mistral && (json.missing("model_type") || type.asText().equals("mamba"))) {
      refuseCommonVariants(json);
      return Layout.CODESTRAL;
    }
    if (type.isTextual()) {
      return requireMamba2(json, type.textValue());
    }
    if (json.has("d_model") || json.has("ssm_cfg")) {
      refuseNativeNeighbours(json);
      refuseCommonVariants(json);
      return Layout.STATE_SPACES;
    }
    throw json.unsupported("there is no model_type, and neither d_model with ssm_cfg nor dim with n_layers.");
  }

  private static Layout requireMamba2(JsonFile json, String type) {
    String reason = REFUSED.get(type);
    if (reason != null) {
      throw json.unsupported("model_type is \"" + type + "\": " + reason + ".");
    }
    if (!type.equals("mamba2")) {
      throw json.unsupported(
          "model_type is " + JsonFile.brief(json.node("model_type")) + ", which is not known here.");
    }
    if (json.has("dim") || json.has("ssm_cfg")) {
      throw json.unsupported(
          "model_type mamba2 stands beside dim or ssm_cfg, fields of Mamba-Codestral and state-spaces; it is unclear"
              + " which of them describe the weights.");
    }
    String activation = json.node("hidden_act").asText("silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw json.unsupported(
          "hidden_act is " + JsonFile.brief(json.node("hidden_act")) + ", only \"silu\" has a kernel.");
    }
    if (!json.node("rms_norm").asBoolean(true)) {
      throw json.unsupported("rms_norm is false; a block without the gated norm has no kernel.");
    }
    if (json.node("norm_before_gate").asBoolean(false)) {
      throw json.unsupported("norm_before_gate is true; only the gate before the norm has a kernel.");
    }
    refuseCommonVariants(json);
    return Layout.HUGGING_FACE;
  }

  private static void refuseNativeNeighbours(JsonFile json) {
    JsonNode layer = json.node("ssm_cfg").path("layer");
    String name = layer.asText("Mamba1"); // The default of state-spaces.
    if (name.equals("Mamba1")) {
      throw json.unsupported(
          (layer.isMissingNode() ? "ssm_cfg names no layer, which means Mamba1" : "ssm_cfg.layer is \"Mamba1\"")
              + ": " + MAMBA_1 + ".");
    }
    if (name.equals("Mamba3")) {
      throw json.unsupported("ssm_cfg.layer is \"Mamba3\": " + MAMBA_3 + ".");
    }
    if (!name.equals("Mamba2")) {
      throw json.unsupported("ssm_cfg.layer is " + JsonFile.brief(layer) + ", only \"Mamba2\" has a kernel.");
    }
  }

  private static void refuseCommonVariants(JsonFile json) {
    JsonNode attention = json.node("attn_layer_idx");
    if (!attention.isMissingNode() && !attention.isNull() && !(attention.isArray() && attention.isEmpty())) {
      throw json.unsupported(
          "attn_layer_idx is " + JsonFile.brief(attention) + ": " + HYBRID + ".");
    }
    if (!json.missing("d_intermediate") && json.integer("d_intermediate", 0, 0, Integer.MAX_VALUE) > 0) {
      throw json.unsupported(
          "d_intermediate is " + json.node("d_intermediate") + ": a hybrid of Mamba and MLP blocks; an MLP has no"
              + " kernel here.");
    }
    if (!json.missing("quantization_config")) {
      throw json.unsupported("quantization_config is present; weights that are already quantized are not read.");
    }
  }
}
