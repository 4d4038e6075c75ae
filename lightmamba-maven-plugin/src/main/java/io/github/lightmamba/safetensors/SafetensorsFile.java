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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A safetensors file, memory-mapped tensor by tensor. Thread-safe.
 *
 * <p>Closing ends further reading through this object; buffers and matrices that were handed out stay valid, since the
 * Java runtime unmaps them when they are no longer reachable.
 */
public final class SafetensorsFile implements AutoCloseable {
  /** The largest header that is read: 100 MB, the limit of the reference implementation. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  /** The largest piece that is mapped at once. */
  private static final long MAX_CHUNK_BYTES = 1L << 30;

  private final Path file;
  private final FileChannel channel;
  private final HeaderParser.Header header;

  private SafetensorsFile(Path file, FileChannel channel, HeaderParser.Header header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws LightMambaException if the file cannot be read, or its header does not describe exactly what the file holds
   */
  public static SafetensorsFile open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      SafetensorsFile opened = new SafetensorsFile(file, channel, readHeader(file, channel));
      channel = null;
      return opened;
    } catch (IOException e) {
      throw notReadable(file, e);
    } finally {
      closeChannel(channel);
    }
  }

  private static HeaderParser.Header readHeader(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw malformed(file, "the file has " + size + " bytes, less than the 8 of the header's length.");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > size - Long.BYTES) {
      throw malformed(
          file,
          "the header's length is %s; it must be at least 2, at most %d and inside the file of %d bytes."
              .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES, size));
    }
    ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
    readFully(channel, json, Long.BYTES);
    long dataStart = Long.BYTES + headerBytes;
    return new HeaderParser(file, dataStart, size - dataStart).parse(json.array());
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new IOException("the file ended early");
      }
    }
  }

  /** Returns the file's path, as given. */
  public Path path() {
    return file;
  }

  /** Returns the names of all tensors, sorted. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** Returns the string metadata of the header, sorted by key; empty if there is none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Returns whether the file has a tensor of this name. */
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * Returns a tensor's description.
   *
   * @throws LightMambaException if there is no tensor of this name
   */
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new LightMambaException(
          ErrorCode.TENSOR_INVALID, file + ": there is no tensor " + name + ".", "use a complete checkpoint.");
    }
    return info;
  }

  /**
   * Maps a whole tensor.
   *
   * @return read-only, little-endian, position 0; at most 2^31 - 1 bytes
   */
  public ByteBuffer bytes(String name) {
    TensorInfo info = info(name);
    return bytes(name, 0, Math.toIntExact(info.byteLength()));
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
      return channel
          .map(FileChannel.MapMode.READ_ONLY, info.offset() + start, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw notReadable(file, e);
    }
  }

  /**
   * Returns a mapped view of a tensor of two dimensions and type F32, F16 or BF16.
   *
   * @throws LightMambaException if the tensor has another shape or type
   */
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

  /** Copies a tensor of type F32, F16 or BF16 to the heap, flat, converted to 32 bits. */
  public float[] floats(String name) {
    TensorInfo info = info(name);
    float[] values = new float[Math.toIntExact(info.elements())];
    floatFormat(info).read(bytes(name), 0, values, 0, values.length);
    return values;
  }

  /** Copies a tensor of type I8, U8 or BOOL to the heap, flat; unsigned values keep their bits. */
  public byte[] int8s(String name) {
    require(name, DType.I8, DType.U8, DType.BOOL);
    ByteBuffer bytes = bytes(name);
    byte[] values = new byte[bytes.remaining()];
    bytes.get(values);
    return values;
  }

  /** Copies a tensor of type I16 or U16 to the heap, flat; unsigned values keep their bits. */
  public short[] int16s(String name) {
    TensorInfo info = require(name, DType.I16, DType.U16);
    short[] values = new short[Math.toIntExact(info.elements())];
    bytes(name).asShortBuffer().get(values);
    return values;
  }

  /** Copies a tensor of type I32 or U32 to the heap, flat; unsigned values keep their bits. */
  public int[] int32s(String name) {
    TensorInfo info = require(name, DType.I32, DType.U32);
    int[] values = new int[Math.toIntExact(info.elements())];
    bytes(name).asIntBuffer().get(values);
    return values;
  }

  /** Copies a tensor of type I64 or U64 to the heap, flat; unsigned values keep their bits. */
  public long[] int64s(String name) {
    TensorInfo info = require(name, DType.I64, DType.U64);
    long[] values = new long[Math.toIntExact(info.elements())];
    bytes(name).asLongBuffer().get(values);
    return values;
  }

  @Override
  public void close() {
    closeChannel(channel);
  }

  private TensorInfo require(String name, DType... allowed) {
    TensorInfo info = info(name);
    if (!List.of(allowed).contains(info.dtype())) {
      throw wrong(info, "one of " + List.of(allowed));
    }
    return info;
  }

  private FloatFormat floatFormat(TensorInfo info) {
    return info.dtype().floatFormat().orElseThrow(() -> wrong(info, "one of F32, F16, BF16"));
  }

  private LightMambaException wrong(TensorInfo info, String expected) {
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        "%s: tensor %s is %s %s, expected %s.".formatted(file, info.name(), info.dtype(), info.shape(), expected),
        "convert the tensor, or use the original checkpoint.");
  }

  private static LightMambaException malformed(Path file, String what) {
    return new LightMambaException(
        ErrorCode.WEIGHTS_MALFORMED, file + ": " + what, "get the file again; it is damaged or not safetensors.");
  }

  private static LightMambaException notReadable(Path file, IOException e) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_READABLE, file + " cannot be read (" + e + ").", "check the path and the rights.", e);
  }

  private static void closeChannel(FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
