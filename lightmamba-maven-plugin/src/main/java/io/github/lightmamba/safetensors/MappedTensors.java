package io.github.lightmamba.safetensors;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.tensor.FloatFormat;
import io.github.lightmamba.tensor.MappedMatrix;
import io.github.lightmamba.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Tensors at known places of one file, mapped one by one when they are asked for; knows nothing of the format. */
public final class MappedTensors implements TensorStore {
  /** The largest piece that is mapped at once. */
  private static final long MAX_CHUNK_BYTES = 1L << 30;

  private final Path file;
  private final FileChannel channel;
  private final Map<String, TensorInfo> tensors;

  /**
   * Takes over an open file.
   *
   * @param channel closed by {@link #close}
   * @param tensors sorted by name; every range lies inside the file
   */
  public MappedTensors(Path file, FileChannel channel, Map<String, TensorInfo> tensors) {
    this.file = file;
    this.channel = channel;
    this.tensors = tensors;
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public Path file(String name) {
    return file;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID, file + ": there is no tensor " + name + ".", "use a complete checkpoint.");
    }
    return info;
  }

  /**
   * Maps a part of a tensor.
   *
   * @param start the first byte, counted from the tensor's start
   * @param length the number of bytes
   * @return read-only, little-endian, position 0
   */
  public ByteBuffer bytes(String name, long start, int length) {
    TensorInfo info = info(name);
    Objects.checkFromIndexSize(start, length, info.byteLength());
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, info.offset() + start, length).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE, file + " cannot be read (" + e + ").", "check the path and the rights.", e);
    }
  }

  @Override
  public Matrix matrix(String name) {
    TensorInfo info = info(name);
    if (info.shape().size() != 2 || info.shape().stream().anyMatch(length -> length < 1 || length > 1 << 28)) {
      throw wrong(info, "a matrix");
    }
    FloatFormat format = floatFormat(info);
    int rows = info.shape().get(0).intValue();
    int cols = info.shape().get(1).intValue();
    long rowBytes = (long) cols * format.bytes();
    int rowsPerChunk = (int) Math.min(rows, Math.max(1, MAX_CHUNK_BYTES / rowBytes));
    List<ByteBuffer> chunks = new ArrayList<>();
    for (long row = 0; row < rows; row += rowsPerChunk) {
      long count = Math.min(rowsPerChunk, rows - row);
      chunks.add(bytes(name, row * rowBytes, Math.toIntExact(count * rowBytes)));
    }
    return new MappedMatrix(chunks, format, rowsPerChunk, rows, cols);
  }

  @Override
  public float[] floats(String name) {
    TensorInfo info = info(name);
    float[] values = new float[Math.toIntExact(info.elements())];
    floatFormat(info).read(bytes(name, 0, Math.toIntExact(info.byteLength())), 0, values, 0, values.length);
    return values;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a failure: the tensor is not what the caller needs. */
  LightMambaException wrong(TensorInfo info, String expected) {
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        "%s: tensor %s is %s %s, expected %s.".formatted(file, info.name(), info.dtype(), info.shape(), expected),
        "convert the tensor, or use the original checkpoint.");
  }

  private FloatFormat floatFormat(TensorInfo info) {
    return info.dtype().floatFormat().orElseThrow(() -> wrong(info, "one of F32, F16, BF16"));
  }
}
