package io.github.lightmamba.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads the configuration of state-spaces ({@code d_model}, {@code ssm_cfg}) and of Codestral Mamba ({@code dim}),
 * which is the same model under other names. Sources: mamba_ssm e9594ce, {@code MambaConfig} and {@code Mamba2}; {@code
 * MambaArgs} of mistral-inference.
 */
final class NativeConfig {
  /** Arguments of Mamba2 that say how to start training or how to compute, not what. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "layer", "conv_init", "A_init_range", "dt_min", "dt_max", "dt_init_floor", "chunk_size", "use_mem_eff_path",
          "process_group", "sequence_parallel", "device", "dtype");

  private static final Set<String> READ =
      Set.of(
          "d_state", "d_conv", "expand", "headdim", "d_ssm", "ngroups", "D_has_hdim", "rmsnorm", "norm_before_gate",
          "dt_limit", "bias", "conv_bias");

  private final JsonFile json;

  private NativeConfig(JsonFile json) {
    this.json = json;
  }

  /** Reads {@code config.json} of state-spaces. */
  static StoredConfig stateSpaces(JsonFile json) {
    int hidden = json.required("d_model", 1, ConfigLimits.WIDTH);
    return new NativeConfig(json).config(hidden, json.required("n_layer", 1, ConfigLimits.LAYERS), 1);
  }

  /** Reads {@code params.json} of Codestral Mamba. */
  static StoredConfig codestral(JsonFile json) {
    int hidden = json.required("dim", 1, ConfigLimits.WIDTH);
    int layers = json.required("n_layers", 1, ConfigLimits.LAYERS);
    return new NativeConfig(json).config(hidden, layers, json.required("n_groups", 1, ConfigLimits.HEADS));
  }

  private StoredConfig config(int hidden, int layers, int defaultGroups) {
    JsonFile ssm = json.object("ssm_cfg");
    refuseVariants(ssm);
    double expand = ssm.number("expand", 2, 0, ConfigLimits.EXPAND);
    int headDim = ssm.integer("headdim", 64, 1, ConfigLimits.HEAD_DIM);
    long inner = (long) (expand * hidden);
    if (inner < 1 || inner % headDim != 0 || inner / headDim > ConfigLimits.HEADS) {
      throw json.invalid(
          "the inner width %d * %s = %d is no multiple, from 1 to %d times, of ssm_cfg.headdim = %d."
              .formatted(hidden, expand, inner, ConfigLimits.HEADS, headDim));
    }
    int heads = (int) (inner / headDim);
    int groups = ssm.integer("ngroups", defaultGroups, 1, ConfigLimits.HEADS);
    if (heads % groups != 0) {
      throw json.invalid("the number of heads, " + heads + ", is no multiple of ngroups = " + groups + ".");
    }
    if (!ssm.missing("d_ssm") && ssm.integer("d_ssm", 0, 0, Integer.MAX_VALUE) != inner) {
      throw json.unsupported(
          "ssm_cfg.d_ssm is " + ssm.node("d_ssm") + ", the inner width " + inner + "; an MLP beside the SSM has no"
              + " kernel.");
    }
    double[] limits = ssm.limits("dt_limit");
    boolean bias = ssm.bool("bias", false);
    int vocabulary = json.required("vocab_size", 2, ConfigLimits.TOKENS);
    int multiple = json.integer("pad_vocab_size_multiple", 8, 1, 1 << 16);
    Mamba2Config config =
        new Mamba2Config(
            hidden,
            (int) inner,
            heads,
            headDim,
            ssm.integer("d_state", 128, 1, ConfigLimits.STATES),
            groups,
            groups,
            ssm.integer("d_conv", 4, 1, ConfigLimits.TAPS),
            layers,
            vocabulary,
            ConfigLimits.DEFAULT_NORM_EPSILON,
            json.bool("tie_embeddings", true),
            bias,
            ssm.bool("conv_bias", true),
            limits[0],
            limits[1],
            json.bool("residual_in_fp32", true),
            OptionalInt.empty(),
            List.of(),
            json.defaulted());
    int stored = (int) (((long) vocabulary + multiple - 1) / multiple * multiple);
    return new StoredConfig(config, stored, "tie_embeddings");
  }

  private void refuseVariants(JsonFile ssm) {
    for (String field : ssm.fields()) {
      if (!READ.contains(field) && !WITHOUT_EFFECT.contains(field)) {
        throw json.unsupported("ssm_cfg." + brief(field) + " is no argument of Mamba2 that is known here.");
      }
    }
    if (!json.bool("rms_norm", true)) {
      throw json.unsupported("rms_norm is false; a LayerNorm has no kernel.");
    }
    if (ssm.bool("D_has_hdim", false)) {
      throw json.unsupported("ssm_cfg.D_has_hdim is true; a D for each channel has no kernel, only one for each head.");
    }
    if (!ssm.bool("rmsnorm", true)) {
      throw json.unsupported("ssm_cfg.rmsnorm is false; a block without the gated norm has no kernel.");
    }
    if (ssm.bool("norm_before_gate", false)) {
      throw json.unsupported("ssm_cfg.norm_before_gate is true; only the gate before the norm has a kernel.");
    }
  }

  private static String brief(String field) {
    return field.length() <= 60 ? field : field.substring(0, 60) + "...";
  }
}
