package io.github.lightmamba.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code model.safetensors.index.json}: which shard holds which tensor. A shard is a plain name beside the index.
 *
 * @param file the index
 * @param shardOf the shard of each tensor
 * @param totalSize the bytes of all tensors, if the index says so
 */
record ShardIndex(Path file, Map<String, Path> shardOf, OptionalLong totalSize) {
  /** An entry has about 90 bytes, and a model some thousand at most. */
  private static final long MAX_BYTES = 4 << 20;

  private static final int MAX_SHARDS = 1000;
  private static final String SUFFIX = ".safetensors";

  /**
   * Reads an index; no shard is opened.
   *
   * @throws LightMambaException if it is malformed, or names a shard outside its folder
   */
  static ShardIndex read(Path file) {
    JsonFile json = JsonFile.read(file, MAX_BYTES);
    JsonNode map = json.node("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw malformed(file, "there is no weight_map with the shard of each tensor.");
    }
    Map<String, Path> shardOf = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!entry.getValue().isTextual()) {
        throw malformed(file, "the shard of a tensor is " + JsonFile.brief(entry.getValue()) + ", no name.");
      }
      shardOf.put(entry.getKey(), shard(file, entry.getValue()));
    }
    ShardIndex index = new ShardIndex(file, shardOf, totalSize(file, json));
    if (index.shards().size() > MAX_SHARDS) {
      throw malformed(file, "it names " + index.shards().size() + " shards, at most " + MAX_SHARDS + " are read.");
    }
    return index;
  }

  /** Returns the shards, sorted. */
  List<Path> shards() {
    return List.copyOf(new TreeSet<>(shardOf.values()));
  }

  /**
   * Requires that a shard exists, and is what it seems: a link may leave the folder only to where the index itself is
   * linked to, as in the cache of Hugging Face, in which every file is a link to {@code ../../blobs}.
   */
  void requireShard(Path shard) {
    if (!Files.isRegularFile(shard)) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          file + ": the shard " + shard.getFileName() + " is missing in " + file.getParent() + ".",
          "complete the download of the checkpoint.");
    }
    try {
      Path real = shard.toRealPath().getParent();
      if (!real.equals(file.getParent().toRealPath()) && !real.equals(file.toRealPath().getParent())) {
        throw outside(file, shard.getFileName().toString());
      }
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE, shard + " cannot be read (" + e + ").", "check the path and the rights.", e);
    }
  }

  private static Path shard(Path file, JsonNode node) {
    String name = node.textValue();
    boolean plain =
        name.endsWith(SUFFIX)
            && name.length() > SUFFIX.length()
            && name.length() <= 200
            && name.chars().allMatch(ShardIndex::plain);
    if (!plain) {
      throw outside(file, JsonFile.brief(node));
    }
    return file.resolveSibling(name);
  }

  /** Leaves out separators, drive letters and control characters. */
  private static boolean plain(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.+ ".indexOf(c) >= 0;
  }

  private static OptionalLong totalSize(Path file, JsonFile json) {
    JsonNode size = json.node("metadata").path("total_size");
    if (size.isMissingNode()) {
      return OptionalLong.empty();
    }
    // transformers 5 writes a float here for some models.
    boolean whole = size.isNumber() && size.doubleValue() == Math.rint(size.doubleValue());
    if (!whole || size.doubleValue() < 0 || size.doubleValue() > 1L << 53) {
      throw malformed(file, "metadata.total_size is " + JsonFile.brief(size) + ", no number of bytes.");
    }
    return OptionalLong.of((long) size.doubleValue());
  }

  private static LightMambaException outside(Path file, String name) {
    return malformed(
        file,
        "the shard " + name + " is no plain name of a .safetensors file in the folder of the index; paths and links"
            + " that leave it are not followed.");
  }

  static LightMambaException malformed(Path file, String what) {
    return new LightMambaException(
        ErrorCode.WEIGHTS_MALFORMED, file + ": " + what, "get the checkpoint again from where it was published.");
  }
}
