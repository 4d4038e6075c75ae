package io.github.lightmamba.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.checkpoint.Layouts.Tensor;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Shards with an index")
class ShardsTest {
  private static final String SECOND = "model-00002-of-00003.safetensors";

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    folder = Layouts.shards(Files.createDirectory(temporary.resolve("model")), "mamba2-tied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model/" + SECOND, "/etc/" + SECOND, "sub/" + SECOND, "..", ".safetensors", "", "C:\\\\\\\\x.safetensors",
        "a\\\\u0000.safetensors", "model.bin", "//host/x.safetensors", "\\\\u202ex.safetensors"
      })
  @DisplayName("lead nowhere but to plain names in their folder")
  void paths(String name) throws IOException {
    index(text -> text.replaceAll("\"" + SECOND + "\"", "\"" + name + "\""));
    refused(ErrorCode.WEIGHTS_MALFORMED, "is no plain name of a .safetensors file in the folder of the index");
    assertThatThrownBy(() -> Checkpoint.files(folder)).isInstanceOf(LightMambaException.class);
  }

  @Test
  @DisplayName("may be links as in the cache of Hugging Face, but no links to elsewhere")
  void links() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.move(folder.resolve(SECOND), elsewhere.resolve("secret"));
    Files.createSymbolicLink(folder.resolve(SECOND), elsewhere.resolve("secret"));
    refused(ErrorCode.WEIGHTS_MALFORMED, "the shard " + SECOND, "links that leave it are not followed");
    for (String name : new String[] {"model.safetensors.index.json", "model-00001-of-00003.safetensors"}) {
      Files.move(folder.resolve(name), elsewhere.resolve(name));
      Files.createSymbolicLink(folder.resolve(name), Path.of("../elsewhere").resolve(name));
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.embedding().rows()).isEqualTo(128);
    }
  }

  @Test
  @DisplayName("of which one is missing, cut off or a folder are refused with its name")
  void missing() throws IOException {
    byte[] shard = Files.readAllBytes(folder.resolve(SECOND));
    Files.write(folder.resolve(SECOND), Arrays.copyOf(shard, shard.length - 1));
    refused(ErrorCode.WEIGHTS_MALFORMED, SECOND);
    Files.write(folder.resolve(SECOND), Arrays.copyOf(shard, 100));
    refused(ErrorCode.WEIGHTS_MALFORMED, SECOND, "the header's length is");
    Files.delete(folder.resolve(SECOND));
    refused(ErrorCode.FILE_NOT_READABLE, "the shard " + SECOND + " is missing", "complete the download");
    Files.createDirectory(folder.resolve(SECOND));
    refused(ErrorCode.FILE_NOT_READABLE, "the shard " + SECOND + " is missing");
  }

  @Test
  @DisplayName("that hold other tensors than the index says are refused with the tensor")
  void otherTensors() throws IOException {
    String original = Files.readString(folder.resolve("model.safetensors.index.json"));
    index(text -> text.replace("backbone.norm_f.weight", "backbone.norm_g.weight"));
    refused(ErrorCode.WEIGHTS_MALFORMED, "tensor backbone.norm_g.weight is not in its shard");
    index(text -> original.replaceFirst(" *\"backbone.norm_f.weight\": \"[^\"]*\",?\n", "").replace(",\n  }", "\n  }"));
    refused(ErrorCode.WEIGHTS_MALFORMED, "holds backbone.norm_f.weight, which is not listed there");
    index(text -> original.replaceFirst("\"total_size\": [0-9]*", "\"total_size\": 8"));
    refused(ErrorCode.WEIGHTS_MALFORMED, "metadata.total_size is 8, but the shards hold");
    index(text -> original.replaceFirst("\"total_size\": [0-9]*", "\"total_size\": -1.5"));
    refused(ErrorCode.WEIGHTS_MALFORMED, "metadata.total_size is -1.5");
    index(text -> "{\"weight_map\": {\"a\": 3}}");
    refused(ErrorCode.WEIGHTS_MALFORMED, "the shard of a tensor is 3, no name");
    index(text -> "{\"weight_map\": {}}");
    refused(ErrorCode.WEIGHTS_MALFORMED, "no weight_map");
  }

  @Test
  @DisplayName("with a wrong tensor are refused with the shard that holds it")
  void wrongTensor() throws IOException {
    Map<String, Tensor> tensors = new TreeMap<>(Layouts.tensors("mamba2-tied"));
    tensors.keySet().removeIf(name -> !name.equals("backbone.norm_f.weight"));
    tensors.get("backbone.norm_f.weight").values()[5] = Float.NaN;
    Path only = Files.createDirectory(temporary.resolve("nan"));
    Files.copy(folder.resolve("config.json"), only.resolve("config.json"));
    Map<String, Tensor> rest = new TreeMap<>(Layouts.tensors("mamba2-tied"));
    rest.remove("backbone.norm_f.weight");
    Layouts.safetensors(only.resolve("a.safetensors"), tensors);
    Layouts.safetensors(only.resolve("b.safetensors"), rest);
    StringBuilder map = new StringBuilder("\"backbone.norm_f.weight\":\"a.safetensors\"");
    rest.keySet().forEach(name -> map.append(",\"" + name + "\":\"b.safetensors\""));
    Files.writeString(only.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + map + "}}");
    assertThatThrownBy(() -> Checkpoint.open(only))
        .hasMessageContaining("a.safetensors: backbone.norm_f.weight element 5 is NaN");
  }

  private void index(UnaryOperator<String> change) throws IOException {
    Path file = folder.resolve("model.safetensors.index.json");
    String before = Files.readString(file);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  private void refused(ErrorCode code, String... reasons) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(LightMambaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(reasons);
  }
}
