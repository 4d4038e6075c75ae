package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A checkpoint")
class CheckpointTest {
  private static final String IN_PROJ = "backbone.layers.1.mixer.in_proj.weight";

  @TempDir private Path folder;

  @BeforeEach
  void copyModel() throws IOException {
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(
          Golden.folder("mamba2-tied").resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  @DisplayName("opens with all tensors in their shapes, the head tied to the embedding")
  void opens() {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.embedding().rows()).isEqualTo(128);
      assertThat(checkpoint.headIsEmbedding()).isTrue();
      assertThat(checkpoint.finalNorm()).hasSize(64);
      Mamba2Layer layer = checkpoint.layer(1);
      assertThat(layer.inProj().rows()).isEqualTo(328);
      assertThat(layer.outProj().cols()).isEqualTo(128);
      assertThat(layer.convWeight()).hasSize(192 * 4);
      assertThat(layer.inProjBias()).isNull();
      assertThat(Checkpoint.files(folder)).containsExactly(
          folder.resolve("config.json"), folder.resolve("model.safetensors"));
    }
    try (Checkpoint untied = Checkpoint.open(Golden.folder("mamba2-limits"))) {
      assertThat(untied.headIsEmbedding()).isFalse();
      assertThat(untied.layer(0).convBias()).containsOnly(0f).hasSize(96);
      assertThat(untied.layer(0).outProjBias()).hasSize(32);
    }
  }

  @Test
  @DisplayName("uses lm_head.weight when the file has it, as transformers 5 does")
  void separateHead() throws IOException {
    rewrite(tensors -> tensors.put("lm_head.weight", new Tensor(DType.F32, new float[128 * 64], 128, 64)));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.headIsEmbedding()).isFalse();
    }
  }

  @Test
  @DisplayName("takes the native name of the embedding, which transformers renames")
  void nativeEmbeddingName() throws IOException {
    rewrite(tensors -> tensors.put("backbone.embedding.weight", tensors.remove("backbone.embeddings.weight")));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.embedding().cols()).isEqualTo(64);
    }
  }

  @Test
  @DisplayName("without a head that is not tied is refused, with the default named")
  void missingHead() throws IOException {
    config(json -> json.replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"));
    refused(ErrorCode.TENSOR_INVALID, "no tensor lm_head.weight", "tie_word_embeddings is false");
    config(json -> json.replace("\"tie_word_embeddings\": false,", ""));
    refused(ErrorCode.TENSOR_INVALID, "tie_word_embeddings is missing, which means false");
  }

  @Test
  @DisplayName("with a missing, misshapen, mistyped or foreign tensor is refused by its name")
  void tensorErrors() throws IOException {
    rewrite(tensors -> tensors.remove("backbone.norm_f.weight"));
    refused(ErrorCode.TENSOR_INVALID, "there is no tensor backbone.norm_f.weight");
    copyModel();
    rewrite(tensors -> tensors.put(IN_PROJ, new Tensor(DType.F32, new float[327 * 64], 327, 64)));
    refused(ErrorCode.TENSOR_INVALID, IN_PROJ + " has the shape [327, 64], config.json asks for [328, 64]");
    copyModel();
    rewrite(tensors -> tensors.put(IN_PROJ, new Tensor(DType.I32, new float[328 * 64], 328, 64)));
    refused(ErrorCode.TENSOR_INVALID, IN_PROJ + " has the dtype I32, expected F32, F16 or BF16");
    copyModel();
    rewrite(tensors -> tensors.put("backbone.layers.0.mlp.weight", new Tensor(DType.F32, new float[1], 1)));
    refused(ErrorCode.TENSOR_INVALID, "backbone.layers.0.mlp.weight does not belong");
  }

  @Test
  @DisplayName("whose config.json lacks a field is refused with the default that does not fit")
  void misleadingDefault() throws IOException {
    config(json -> json.replace("\"n_groups\": 1,", ""));
    refused(ErrorCode.TENSOR_INVALID, "asks for [776, 64]", "lacks [n_groups]");
  }

  @Test
  @DisplayName("with NaN in a vector is refused when it is opened, in a matrix when the row is read")
  void notFinite() throws IOException {
    rewrite(tensors -> tensors.get("backbone.layers.0.mixer.A_log").values()[3] = Float.NaN);
    refused(ErrorCode.TENSOR_INVALID, "backbone.layers.0.mixer.A_log element 3 is NaN");
    copyModel();
    rewrite(tensors -> tensors.get(IN_PROJ).values()[64 * 7 + 5] = Float.NEGATIVE_INFINITY);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      float[] row = new float[64];
      checkpoint.layer(1).inProj().readRow(6, row, 0);
      assertThatThrownBy(() -> checkpoint.layer(1).inProj().readRow(7, row, 0))
          .isInstanceOf(LightMambaException.class)
          .hasMessageContaining(IN_PROJ + " row 7 column 5 is -Infinity");
    }
  }

  @Test
  @DisplayName("in another layout of files is refused by name")
  void layouts() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    refused(ErrorCode.FILE_NOT_READABLE, "has a configuration, but no weights: no model.safetensors");
    Files.writeString(folder.resolve("pytorch_model.bin.index.json"), "{}");
    refused(ErrorCode.CHECKPOINT_UNSUPPORTED, "pytorch_model.bin.index.json", "save_pretrained");
    Files.writeString(folder.resolve("pytorch_model.bin"), "");
    refused(ErrorCode.WEIGHTS_MALFORMED, "pytorch_model.bin", "no zip");
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
    refused(ErrorCode.WEIGHTS_MALFORMED, "no weight_map");
    Files.delete(folder.resolve("config.json"));
    refused(ErrorCode.FILE_NOT_READABLE, "has no config.json");
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("nothing"))).hasMessageContaining("is no folder");
  }

  private void refused(ErrorCode code, String... reasons) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(LightMambaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(reasons);
  }

  private void config(UnaryOperator<String> change) throws IOException {
    Path file = folder.resolve("config.json");
    String before = Files.readString(file);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  private void rewrite(Consumer<Map<String, Tensor>> change) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> tensors = new TreeMap<>();
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      for (String name : read.names()) {
        long[] shape = read.info(name).shape().stream().mapToLong(Long::longValue).toArray();
        tensors.put(name, new Tensor(DType.F32, read.floats(name), shape));
      }
    }
    change.accept(tensors);
    List<Declaration> declarations = new ArrayList<>();
    tensors.forEach((name, tensor) -> declarations.add(Declaration.of(name, tensor.dtype(), tensor.shape())));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
      tensors.forEach((name, tensor) -> writer.append(name, tensor.values()));
      writer.finish();
    }
  }

  private record Tensor(DType dtype, float[] values, long... shape) {}
}
