package io.github.lightmamba.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.nio.file.Path;
import java.util.Map;

/** Knows the neighbours of Mamba-2 in the Hugging Face layout, and why each is not read. */
final class Architectures {
  private static final String HYBRID = "a hybrid of Mamba and attention blocks; attention has no kernel here";

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("mamba", "Mamba-1: its state update has a matrix A and a low-rank dt, which have no kernel here"),
          Map.entry("falcon_mamba", "Falcon-Mamba: Mamba-1 with norms on B, C and dt, which have no kernel here"),
          Map.entry("mamba3", "Mamba-3: no convolution, rotary B and C and a trapezoidal rule, which have no kernel"),
          Map.entry("bamba", "Bamba, " + HYBRID),
          Map.entry("granitemoehybrid", "Granite MoE hybrid, " + HYBRID),
          Map.entry("falcon_h1", "Falcon-H1, " + HYBRID),
          Map.entry("nemotron_h", "Nemotron-H, " + HYBRID),
          Map.entry("zamba", "Zamba, " + HYBRID),
          Map.entry("zamba2", "Zamba2, " + HYBRID),
          Map.entry("jamba", "Jamba, " + HYBRID));

  private Architectures() {}

  /**
   * Accepts exactly what {@code Mamba2ForCausalLM} of transformers computes in the plain way.
   *
   * @throws LightMambaException that names the architecture or the field and the reason
   */
  static void requireMamba2(Path file, JsonNode root) {
    JsonNode type = root.path("model_type");
    if (!type.isTextual()) {
      throw withoutType(file, root);
    }
    String reason = REFUSED.get(type.textValue());
    if (reason != null) {
      throw unsupported(file, "model_type is \"" + type.textValue() + "\": " + reason + ".");
    }
    if (!type.textValue().equals("mamba2")) {
      throw unsupported(file, "model_type is \"" + type.textValue() + "\", which is not known here.");
    }
    refuseVariants(file, root);
  }

  private static LightMambaException withoutType(Path file, JsonNode root) {
    if (root.path("ssm_cfg").path("layer").asText("").equals("Mamba3")) {
      return unsupported(file, "ssm_cfg.layer is \"Mamba3\": " + REFUSED.get("mamba3") + ".");
    }
    if (root.has("d_model") || root.has("ssm_cfg")) {
      return unsupported(file, "this is the native layout of state-spaces (d_model, ssm_cfg), which is not read yet.");
    }
    if (root.has("dim")) {
      return unsupported(file, "this is the layout of Mamba-Codestral (dim, n_layers), which is not read.");
    }
    return unsupported(file, "there is no model_type.");
  }

  private static void refuseVariants(Path file, JsonNode root) {
    if (root.has("dim")) {
      throw unsupported(file, "the field dim marks the layout of Mamba-Codestral, which is not read.");
    }
    String activation = root.path("hidden_act").asText("silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw unsupported(file, "hidden_act is \"" + activation + "\", only \"silu\" has a kernel.");
    }
    if (!root.path("rms_norm").asBoolean(true)) {
      throw unsupported(file, "rms_norm is false; a block without the gated norm has no kernel.");
    }
    if (root.path("norm_before_gate").asBoolean(false)) {
      throw unsupported(file, "norm_before_gate is true; only the gate before the norm has a kernel.");
    }
    if (root.hasNonNull("quantization_config")) {
      throw unsupported(file, "quantization_config is present; weights that are already quantized are not read.");
    }
  }

  private static LightMambaException unsupported(Path file, String what) {
    return new LightMambaException(
        ErrorCode.CHECKPOINT_UNSUPPORTED,
        file + ": " + what,
        "use a Mamba-2 checkpoint as transformers' Mamba2ForCausalLM saves it.");
  }
}
