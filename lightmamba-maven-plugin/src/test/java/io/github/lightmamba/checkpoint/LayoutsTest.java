package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.checkpoint.Layouts.Tensor;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.torch.StateDictWriter;
import io.github.lightmamba.torch.StateDictWriter.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A layout of a checkpoint")
class LayoutsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mamba2-tied", "mamba2-groups", "mamba2-limits"})
  @DisplayName("of transformers gives the logits of the single file, from shards and from a pickle")
  void huggingFace(String golden) throws IOException {
    float[] expected = logits(Golden.folder(golden));
    assertThat(logits(Layouts.shards(make("shards"), golden))).isEqualTo(expected);
    assertThat(logits(Layouts.torch(make("torch"), golden, DType.F32))).isEqualTo(expected);
    assertThat(Checkpoint.files(folder.resolve("shards"))).extracting(f -> f.getFileName().toString())
        .containsExactly(
            "config.json", "model.safetensors.index.json", "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"mamba2-tied,128,true", "mamba2-tied,128,false", "mamba2-limits,96,true", "mamba2-limits,96,false"})
  @DisplayName("of state-spaces gives the logits of transformers for one group")
  void stateSpaces(String golden, int vocabulary, boolean pickle) throws IOException {
    Path made = Layouts.stateSpaces(make("native"), golden, vocabulary, 16, pickle);
    assertThat(logits(made)).isEqualTo(logits(Golden.folder(golden)));
    try (Checkpoint checkpoint = Checkpoint.open(made)) {
      assertThat(checkpoint.config().normGroups()).isEqualTo(1);
      assertThat(checkpoint.headIsEmbedding()).isEqualTo(golden.equals("mamba2-tied"));
    }
  }

  @Test
  @DisplayName("of state-spaces norms each group by itself")
  void normPerGroup() throws IOException {
    Path made = Layouts.stateSpaces(make("native"), "mamba2-groups", 96, 8, true);
    try (Checkpoint checkpoint = Checkpoint.open(made)) {
      assertThat(checkpoint.config().normGroups()).isEqualTo(4);
    }
    assertThat(Golden.largestDifference(logits(made), logits(Golden.folder("mamba2-groups")))).isGreaterThan(1e-2);
    // By the definition, in doubles: each quarter of the gated values has a root mean square of its own.
    List<float[]> seen = new ArrayList<>();
    LayerProbe probe =
        new LayerProbe() {
          @Override
          public void gated(int tokens, float[] gated) {
            seen.add(gated.clone());
          }

          @Override
          public void outProjInput(int tokens, float[] normalised) {
            seen.add(normalised.clone());
          }
        };
    try (Checkpoint checkpoint = Checkpoint.open(made)) {
      new FloatModel(ModelWeights.of(checkpoint), layer -> layer == 1 ? probe : null)
          .start()
          .append(new int[] {7, 3}, null);
      float[] weight = checkpoint.layer(1).gatedNorm();
      for (int start = 0; start < 2 * 96; start += 24) {
        double squares = 0;
        for (int i = start; i < start + 24; i++) {
          squares += (double) seen.get(0)[i] * seen.get(0)[i];
        }
        for (int i = start; i < start + 24; i++) {
          double expected = seen.get(0)[i] / Math.sqrt(squares / 24 + 1e-5) * weight[i % 96];
          assertThat((double) seen.get(1)[i]).isCloseTo(expected, within(Math.abs(expected) * 0x1p-21));
        }
      }
    }
  }

  @Test
  @DisplayName("with padded rows has the logits of the others, whatever the padding holds")
  void padding() throws IOException {
    Path made = Layouts.stateSpaces(make("native"), "mamba2-tied", 121, 16, true);
    float[] all = logits(Golden.folder("mamba2-tied"), tokens(121));
    float[] part = logits(made, tokens(121));
    assertThat(part).hasSize(all.length / 128 * 121);
    for (int t = 0; t < part.length / 121; t++) {
      assertThat(Arrays.copyOfRange(part, t * 121, (t + 1) * 121))
          .isEqualTo(Arrays.copyOfRange(all, t * 128, t * 128 + 121));
    }
    Map<String, Item> items = Layouts.items(Layouts.tensors("mamba2-tied"), DType.F32);
    byte[] rows = items.get("backbone.embeddings.weight").bytes();
    Arrays.fill(rows, 121 * 64 * 4, rows.length, (byte) 0xff); // NaN
    Files.write(made.resolve("pytorch_model.bin"), StateDictWriter.file(items));
    assertThat(logits(made, tokens(121))).isEqualTo(part);
  }

  @Test
  @DisplayName("in bfloat16 gives the logits of the same numbers in 32 bits")
  void bfloat16() throws IOException {
    Path half = Layouts.torch(make("half"), "mamba2-tied", DType.BF16);
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.copy(Golden.folder("mamba2-tied").resolve("config.json"), full.resolve("config.json"));
    Map<String, Tensor> cut = new TreeMap<>();
    Layouts.tensors("mamba2-tied").forEach((name, t) -> cut.put(name, new Tensor(Layouts.cut(t.values()), t.shape())));
    Layouts.safetensors(full.resolve("model.safetensors"), cut);
    assertThat(logits(half)).isEqualTo(logits(full));
  }

  @Test
  @DisplayName("of Codestral Mamba is that of state-spaces with other names, tensors under model. and an untied head")
  void codestral() throws IOException {
    // Inner width 256: 4 heads of 64, 2 groups of 128 states, 4 taps, as Mamba2's defaults and dim say.
    Path made = codestral(make("codestral"));
    Map<String, Tensor> tensors = codestralTensors();
    Path same = make("native");
    Files.writeString(
        same.resolve("config.json"),
        "{\"d_model\":128,\"n_layer\":2,\"vocab_size\":64,\"ssm_cfg\":{\"layer\":\"Mamba2\",\"ngroups\":2},"
            + "\"pad_vocab_size_multiple\":1,\"tie_embeddings\":false}");
    Layouts.safetensors(same.resolve("model.safetensors"), tensors);
    assertThat(logits(made)).isEqualTo(logits(same));
    try (Checkpoint checkpoint = Checkpoint.open(made)) {
      assertThat(checkpoint.config().normGroups()).isEqualTo(2);
      assertThat(checkpoint.config().groups()).isEqualTo(2);
    }
    assertThat(Checkpoint.files(made)).extracting(f -> f.getFileName().toString())
        .containsExactly("params.json", "consolidated.safetensors");

    Path exported = make("exported");
    Files.writeString(
        exported.resolve("config.json"),
        "{\"model_type\":\"mamba2\",\"hidden_size\":128,\"num_heads\":4,\"n_groups\":2,\"num_hidden_layers\":2,"
            + "\"vocab_size\":64,\"tie_word_embeddings\":false}");
    Layouts.safetensors(exported.resolve("model.safetensors"), tensors);
    // transformers norms the whole width.
    assertThat(Golden.largestDifference(logits(exported), logits(made))).isGreaterThan(1e-3);
  }

  @Test
  @DisplayName("of Codestral without its weights, or the other way round, says what is missing")
  void incompleteCodestral() throws IOException {
    Files.writeString(folder.resolve("params.json"), params(128, 2, 64));
    refused(ErrorCode.FILE_NOT_READABLE, "no weights: no consolidated.safetensors");
    Files.delete(folder.resolve("params.json"));
    Files.writeString(folder.resolve("consolidated.safetensors"), "");
    refused(ErrorCode.FILE_NOT_READABLE, "has no config.json", "params.json");
  }

  @Test
  @DisplayName("of state-spaces whose tied head is another matrix is refused")
  void twoHeads() throws IOException {
    Layouts.stateSpaces(folder, "mamba2-tied", 128, 16, false);
    Map<String, Tensor> tensors = Layouts.tensors("mamba2-tied");
    Tensor embedding = tensors.get("backbone.embeddings.weight");
    float[] other = embedding.values().clone();
    tensors.put("lm_head.weight", new Tensor(other, embedding.shape()));
    Layouts.safetensors(folder.resolve("model.safetensors"), tensors);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.headIsEmbedding()).isTrue();
    }
    other[64 * 9] += 1;
    Layouts.safetensors(folder.resolve("model.safetensors"), tensors);
    refused(ErrorCode.TENSOR_INVALID, "lm_head.weight differs from the embedding in row 9");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "'attn_layer_idx':[9,18]                         | attn_layer_idx is [9,18]: a hybrid of Mamba and attention",
        "'d_intermediate':256                            | d_intermediate is 256: a hybrid of Mamba and MLP",
        "'rms_norm':false                                | rms_norm is false",
        "'ssm_cfg':{'layer':'Mamba2','D_has_hdim':true}  | D_has_hdim is true",
        "'ssm_cfg':{'layer':'Mamba2','rmsnorm':false}    | ssm_cfg.rmsnorm is false",
        "'ssm_cfg':{'layer':'Mamba2','norm_before_gate':true} | ssm_cfg.norm_before_gate is true",
        "'ssm_cfg':{'layer':'Mamba2','d_ssm':64}         | ssm_cfg.d_ssm is 64, the inner width 128",
        "'ssm_cfg':{'layer':'Mamba2','rope':1}           | ssm_cfg.rope is no argument of Mamba2",
        "'ssm_cfg':{'layer':'Mamba2','headdim':48}       | no multiple",
        "'ssm_cfg':{'layer':'Mamba2','headdim':64,'ngroups':3} | no multiple of ngroups = 3",
        "'ssm_cfg':{'layer':'Mamba2','dt_limit':[1,0]}   | ssm_cfg.dt_limit is [1,0]",
        "'ssm_cfg':{'layer':'Mamba2','d_state':'128'}    | ssm_cfg.d_state is \"128\"",
        "'ssm_cfg':7                                     | ssm_cfg",
        "'pad_vocab_size_multiple':0                     | pad_vocab_size_multiple is 0",
      })
  @DisplayName("of state-spaces with what the float model has not is refused by name")
  void refusedVariants(String field, String reason) throws IOException {
    String others =
        field.contains("ssm_cfg") ? "" : ",'ssm_cfg':{'layer':'Mamba2'}";
    String json = "{'d_model':64,'n_layer':2,'vocab_size':128" + others + "," + field.strip() + "}";
    Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(reason.strip());
  }

  private void refused(ErrorCode code, String... reasons) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(LightMambaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(reasons);
  }

  private Path make(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static int[] tokens(int vocabulary) {
    return new SplittableRandom(3).ints(24, 0, vocabulary).toArray();
  }

  private static float[] logits(Path checkpoint) {
    return logits(checkpoint, tokens(64));
  }

  private static float[] logits(Path path, int[] tokens) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return Golden.logits(FloatModel.of(checkpoint), tokens, tokens.length);
    }
  }

  /** Writes a small Codestral. */
  static Path codestral(Path folder) throws IOException {
    return Layouts.codestral(folder, params(128, 2, 64), codestralTensors());
  }

  private static Map<String, Tensor> codestralTensors() {
    return random(128, 256, 4, 2, 128, 64);
  }

  private static String params(int dim, int groups, int vocabulary) {
    return """
        {"dim": %d, "n_layers": 2, "vocab_size": %d, "n_groups": %d, "rms_norm": true, "residual_in_fp32": true,
         "fused_add_norm": true, "pad_vocab_size_multiple": 1, "tie_embeddings": false, "model_type": "mamba"}
        """
        .formatted(dim, vocabulary, groups);
  }

  private static Map<String, Tensor> random(int hidden, int inner, int heads, int groups, int states, int vocabulary) {
    SplittableRandom random = new SplittableRandom(11);
    int channels = inner + 2 * groups * states;
    Map<String, Tensor> tensors = new TreeMap<>();
    tensors.put("backbone.embeddings.weight", tensor(random, vocabulary, hidden));
    tensors.put("lm_head.weight", tensor(random, vocabulary, hidden));
    tensors.put("backbone.norm_f.weight", tensor(random, hidden));
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "backbone.layers." + layer + ".";
      tensors.put(prefix + "norm.weight", tensor(random, hidden));
      tensors.put(prefix + "mixer.in_proj.weight", tensor(random, inner + channels + heads, hidden));
      tensors.put(prefix + "mixer.conv1d.weight", tensor(random, channels, 1, 4));
      tensors.put(prefix + "mixer.conv1d.bias", tensor(random, channels));
      tensors.put(prefix + "mixer.dt_bias", tensor(random, heads));
      tensors.put(prefix + "mixer.A_log", tensor(random, heads));
      tensors.put(prefix + "mixer.D", tensor(random, heads));
      tensors.put(prefix + "mixer.norm.weight", tensor(random, inner));
      tensors.put(prefix + "mixer.out_proj.weight", tensor(random, hidden, inner));
    }
    return tensors;
  }

  private static Tensor tensor(SplittableRandom random, long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return new Tensor(values, shape);
  }
}
