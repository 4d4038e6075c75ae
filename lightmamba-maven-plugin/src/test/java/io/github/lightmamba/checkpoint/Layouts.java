package io.github.lightmamba.checkpoint;

import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import io.github.lightmamba.torch.StateDictWriter;
import io.github.lightmamba.torch.StateDictWriter.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the golden models in other layouts. */
public final class Layouts {
  private static final String EMBEDDINGS = "backbone.embeddings.weight";
  private static final String NATIVE_EMBEDDING = "backbone.embedding.weight";
  private static final String HEAD = "lm_head.weight";

  private Layouts() {}

  /** A tensor in 32 bits. */
  public record Tensor(float[] values, long... shape) {}

  /** Reads the tensors of a golden model, with the names of transformers. */
  public static Map<String, Tensor> tensors(String golden) {
    Map<String, Tensor> tensors = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(Golden.folder(golden).resolve("model.safetensors"))) {
      for (String name : file.names()) {
        tensors.put(name, new Tensor(file.floats(name), file.info(name).shape().stream().mapToLong(l -> l).toArray()));
      }
    }
    return tensors;
  }

  /** Writes {@code model.safetensors} and the configuration of transformers. */
  public static Path single(Path folder, String golden) throws IOException {
    copyConfig(folder, golden);
    Files.copy(Golden.folder(golden).resolve("model.safetensors"), folder.resolve("model.safetensors"));
    return folder;
  }

  /** Writes three shards and their index. */
  public static Path shards(Path folder, String golden) throws IOException {
    copyConfig(folder, golden);
    Map<String, Tensor> all = tensors(golden);
    List<String> names = List.copyOf(all.keySet());
    StringBuilder map = new StringBuilder();
    long bytes = 0;
    for (int shard = 0; shard < 3; shard++) {
      String file = "model-0000" + (shard + 1) + "-of-00003.safetensors";
      List<String> part = names.subList(names.size() * shard / 3, names.size() * (shard + 1) / 3);
      Map<String, Tensor> some = new TreeMap<>();
      part.forEach(name -> some.put(name, all.get(name)));
      safetensors(folder.resolve(file), some);
      for (String name : part) {
        map.append(map.isEmpty() ? "" : ",\n").append("    \"" + name + "\": \"" + file + "\"");
        bytes += 4L * all.get(name).values().length;
      }
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\n  \"metadata\": {\n    \"total_size\": " + bytes + "\n  },\n  \"weight_map\": {\n" + map + "\n  }\n}\n");
    return folder;
  }

  /** Writes {@code pytorch_model.bin} beside the configuration of transformers; a tied head shares its storage. */
  public static Path torch(Path folder, String golden, DType dtype) throws IOException {
    copyConfig(folder, golden);
    Map<String, Item> items = items(tensors(golden), dtype);
    items.putIfAbsent(HEAD, items.get(EMBEDDINGS));
    Files.write(folder.resolve("pytorch_model.bin"), StateDictWriter.file(items));
    return folder;
  }

  /**
   * Writes the layout of state-spaces.
   *
   * @param vocabulary rows of the vocabulary; fewer than the golden model's make the last ones padding
   * @param multiple padding
   */
  public static Path stateSpaces(Path folder, String golden, int vocabulary, int multiple, boolean pickle)
      throws IOException {
    Mamba2Config config = ConfigReader.read(Golden.folder(golden).resolve("config.json")).config();
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"d_model": %d, "d_intermediate": 0, "n_layer": %d, "vocab_size": %d,
         "ssm_cfg": {"layer": "Mamba2", "d_state": %d, "headdim": %d, "ngroups": %d, "d_conv": %d, "bias": %s,
                     "conv_bias": %s, "dt_limit": [%s, %s], "chunk_size": 256},
         "attn_layer_idx": [], "attn_cfg": {}, "rms_norm": true, "residual_in_fp32": true, "fused_add_norm": true,
         "pad_vocab_size_multiple": %d, "tie_embeddings": %s}
        """
            .formatted(
                config.hiddenSize(), config.layers(), vocabulary, config.stateSize(), config.headDim(),
                config.groups(), config.convKernel(), config.useBias(), config.useConvBias(), config.dtLimitLow(),
                config.dtLimitHigh(), multiple, config.tied()));
    Map<String, Tensor> tensors = nativeNames(tensors(golden), "");
    if (pickle) {
      Map<String, Item> items = items(tensors, DType.F32);
      items.putIfAbsent(HEAD, items.get(NATIVE_EMBEDDING));
      Files.write(folder.resolve("pytorch_model.bin"), StateDictWriter.file(items));
    } else {
      safetensors(folder.resolve("model.safetensors"), tensors);
    }
    return folder;
  }

  /** Writes the layout of Codestral Mamba, whose width of a head, states and taps are those of Mamba2's defaults. */
  public static Path codestral(Path folder, String params, Map<String, Tensor> tensors) throws IOException {
    Files.writeString(folder.resolve("params.json"), params);
    safetensors(folder.resolve("consolidated.safetensors"), nativeNames(tensors, "model."));
    return folder;
  }

  /** Writes tensors of 32 bits. */
  public static void safetensors(Path file, Map<String, Tensor> tensors) throws IOException {
    List<Declaration> declarations =
        tensors.entrySet().stream()
            .map(entry -> Declaration.of(entry.getKey(), DType.F32, entry.getValue().shape()))
            .collect(Collectors.toList());
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
      tensors.forEach((name, tensor) -> writer.append(name, tensor.values()));
      writer.finish();
    }
  }

  /** Encodes tensors for a pickle; half precision by cutting or rounding down, which is exact for what is exact. */
  public static Map<String, Item> items(Map<String, Tensor> tensors, DType dtype) {
    Map<String, Item> items = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> items.put(name, new Item(dtype, encode(tensor.values(), dtype), tensor.shape())));
    return items;
  }

  private static byte[] encode(float[] values, DType dtype) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F32 -> bytes.putFloat(value);
        case BF16 -> bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
        default -> throw new IllegalArgumentException(dtype.toString());
      }
    }
    return bytes.array();
  }

  private static Map<String, Tensor> nativeNames(Map<String, Tensor> tensors, String prefix) {
    Map<String, Tensor> renamed = new TreeMap<>();
    tensors.forEach(
        (name, tensor) -> renamed.put(prefix + (name.equals(EMBEDDINGS) ? NATIVE_EMBEDDING : name), tensor));
    return renamed;
  }

  private static void copyConfig(Path folder, String golden) throws IOException {
    Files.copy(Golden.folder(golden).resolve("config.json"), folder.resolve("config.json"));
  }

  /** Cuts values to what bfloat16 holds. */
  static float[] cut(float[] values) {
    float[] cut = Arrays.copyOf(values, values.length);
    for (int i = 0; i < cut.length; i++) {
      cut[i] = Float.intBitsToFloat(Float.floatToIntBits(cut[i]) & 0xffff0000);
    }
    return cut;
  }
}
