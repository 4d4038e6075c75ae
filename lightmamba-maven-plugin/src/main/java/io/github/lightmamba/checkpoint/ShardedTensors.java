package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.TensorInfo;
import io.github.lightmamba.safetensors.TensorStore;
import io.github.lightmamba.tensor.Matrix;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The tensors of several safetensors files behind one index. */
final class ShardedTensors implements TensorStore {
  private final ShardIndex index;
  private final Map<Path, SafetensorsFile> shards = new TreeMap<>();

  private ShardedTensors(ShardIndex index) {
    this.index = index;
  }

  /**
   * Opens all shards, and requires that they hold exactly what the index says.
   *
   * @throws LightMambaException that names the shard or tensor
   */
  static ShardedTensors open(Path file) {
    ShardedTensors tensors = new ShardedTensors(ShardIndex.read(file));
    try {
      tensors.openShards();
      return tensors;
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private void openShards() {
    for (Path shard : index.shards()) {
      index.requireShard(shard);
      shards.put(shard, SafetensorsFile.open(shard));
    }
    long bytes = 0;
    for (Map.Entry<String, Path> entry : index.shardOf().entrySet()) {
      SafetensorsFile shard = shards.get(entry.getValue());
      if (!shard.contains(entry.getKey())) {
        throw ShardIndex.malformed(
            index.file(), "tensor " + entry.getKey() + " is not in its shard " + entry.getValue().getFileName() + ".");
      }
      bytes += shard.info(entry.getKey()).byteLength();
    }
    for (SafetensorsFile shard : shards.values()) {
      for (String name : shard.names()) {
        if (!shard.path().equals(index.shardOf().get(name))) {
          throw ShardIndex.malformed(
              index.file(),
              "the shard " + shard.path().getFileName() + " holds " + name + ", which is not listed there.");
        }
      }
    }
    if (index.totalSize().isPresent() && index.totalSize().getAsLong() != bytes) {
      throw ShardIndex.malformed(
          index.file(),
          "metadata.total_size is " + index.totalSize().getAsLong() + ", but the shards hold " + bytes + " bytes.");
    }
  }

  @Override
  public Path path() {
    return index.file();
  }

  @Override
  public Path file(String name) {
    return index.shardOf().getOrDefault(name, index.file());
  }

  @Override
  public Set<String> names() {
    return index.shardOf().keySet();
  }

  @Override
  public boolean contains(String name) {
    return index.shardOf().containsKey(name);
  }

  @Override
  public TensorInfo info(String name) {
    return shard(name).info(name);
  }

  @Override
  public Matrix matrix(String name) {
    return shard(name).matrix(name);
  }

  @Override
  public float[] floats(String name) {
    return shard(name).floats(name);
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
  }

  private SafetensorsFile shard(String name) {
    if (!contains(name)) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID,
          index.file() + ": there is no tensor " + name + ".",
          "use a complete checkpoint.");
    }
    return shards.get(index.shardOf().get(name));
  }
}
