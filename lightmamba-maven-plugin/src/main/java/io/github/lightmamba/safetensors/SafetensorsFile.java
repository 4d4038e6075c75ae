package io.github.lightmamba.safetensors;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, memory-mapped tensor by tensor. Thread-safe.
 *
 * <p>Closing ends further reading through this object; buffers and matrices that were handed out stay valid, since the
 * Java runtime unmaps them when they are no longer reachable.
 */
public final class SafetensorsFile implements TensorStore {
  /**
   * The largest header that is read. The reference implementation takes 100 MB, whose JSON tree takes some thirty times
   * as much memory; the header of a model of 2.7 billion parameters has 0.1 MB.
   */
  public static final long MAX_HEADER_BYTES = 10_000_000;

  private final MappedTensors tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(Path file, FileChannel channel, HeaderParser.Header header) {
    this.tensors = new MappedTensors(file, channel, header.tensors());
    this.metadata = header.metadata();
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

  @Override
  public Path path() {
    return tensors.path();
  }

  @Override
  public Path file(String name) {
    return tensors.path();
  }

  @Override
  public Set<String> names() {
    return tensors.names();
  }

  /** Returns the string metadata of the header, sorted by key; empty if there is none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public boolean contains(String name) {
    return tensors.contains(name);
  }

  @Override
  public TensorInfo info(String name) {
    return tensors.info(name);
  }

  /**
   * Maps a whole tensor.
   *
   * @return read-only, little-endian, position 0; at most 2^31 - 1 bytes
   */
  public ByteBuffer bytes(String name) {
    return bytes(name, 0, Math.toIntExact(info(name).byteLength()));
  }

  /**
   * Maps a part of a tensor.
   *
   * @param start the first byte, counted from the tensor's start
   * @param length the number of bytes
   * @return read-only, little-endian, position 0
   */
  public ByteBuffer bytes(String name, long start, int length) {
    return tensors.bytes(name, start, length);
  }

  @Override
  public Matrix matrix(String name) {
    return tensors.matrix(name);
  }

  @Override
  public float[] floats(String name) {
    return tensors.floats(name);
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
    tensors.close();
  }

  private TensorInfo require(String name, DType... allowed) {
    TensorInfo info = info(name);
    if (!List.of(allowed).contains(info.dtype())) {
      throw tensors.wrong(info, "one of " + List.of(allowed));
    }
    return info;
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
