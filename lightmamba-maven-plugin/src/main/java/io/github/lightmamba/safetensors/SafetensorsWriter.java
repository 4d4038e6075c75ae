package io.github.lightmamba.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Writes a safetensors file: every tensor is declared first, then its bytes are streamed, in any order of tensors.
 *
 * <p>The file is byte-stable: tensors lie by element size (largest first) and name, metadata is sorted, the header is
 * padded with spaces to a multiple of 8, so that every tensor is aligned to its elements. The bytes go to a file beside
 * the target, which {@link #finish} moves into place; closing without it leaves no file. Not thread-safe.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final Path partial;
  private final FileChannel channel;
  private final Map<String, Slot> slots = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private boolean finished;

  /**
   * A tensor that will be written.
   *
   * @param name the name, not {@code __metadata__}
   * @param dtype the element type
   * @param shape the lengths, outermost first
   */
  public record Declaration(String name, DType dtype, List<Long> shape) {
    /** Checks name and lengths. */
    public Declaration {
      shape = List.copyOf(shape);
      if (name.equals("__metadata__") || shape.stream().anyMatch(length -> length < 0)) {
        throw new IllegalArgumentException("no tensor: " + name + " " + shape);
      }
    }

    /** Declares a tensor. */
    public static Declaration of(String name, DType dtype, long... shape) {
      return new Declaration(name, dtype, Arrays.stream(shape).boxed().toList());
    }

    /** Returns the bytes of the tensor. */
    public long byteLength() {
      return shape.stream().mapToLong(Long::longValue).reduce(dtype.bytes(), Math::multiplyExact);
    }
  }

  /** Where a tensor's bytes go, and how far they are. */
  private static final class Slot {
    final Declaration declaration;
    final long end;
    long next;

    Slot(Declaration declaration, long start) {
      this.declaration = declaration;
      this.next = start;
      this.end = start + declaration.byteLength();
    }
  }

  private SafetensorsWriter(
      Path file, List<Declaration> tensors, Map<String, String> metadata, Predicate<String> complete)
      throws IOException {
    this.file = file;
    this.partial = partial(file);
    List<Declaration> layout = new ArrayList<>(tensors);
    layout.sort(
        Comparator.comparingInt((Declaration tensor) -> -tensor.dtype().bytes()).thenComparing(Declaration::name));
    byte[] header = header(layout, metadata);
    long position = Long.BYTES + header.length;
    for (Declaration tensor : layout) {
      Slot slot = new Slot(tensor, position);
      if (slots.put(tensor.name(), slot) != null) {
        throw new IllegalArgumentException("the tensor " + tensor.name() + " is declared twice");
      }
      position = slot.end;
    }
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    if (complete == null) {
      this.channel =
          FileChannel.open(
              partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
      writeFully(start, 0);
      return;
    }
    this.channel = FileChannel.open(partial, StandardOpenOption.READ, StandardOpenOption.WRITE);
    requireStart(start);
    for (Slot slot : slots.values()) {
      if (complete.test(slot.declaration.name())) {
        slot.next = slot.end;
      }
    }
  }

  private void requireStart(ByteBuffer expected) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(expected.remaining());
    while (found.hasRemaining() && channel.read(found, found.position()) >= 0) {
      continue;
    }
    if (!found.flip().equals(expected)) {
      channel.close();
      throw new IOException("it was begun with other tensors");
    }
  }

  private static Path partial(Path file) {
    return file.resolveSibling(file.getFileName() + ".partial");
  }

  /**
   * Starts a file.
   *
   * @param file the target; replaced only by {@link #finish}
   * @param tensors every tensor that will be written
   * @param metadata strings for the header, may be empty
   * @throws LightMambaException if the file cannot be written
   */
  public static SafetensorsWriter create(Path file, List<Declaration> tensors, Map<String, String> metadata) {
    try {
      return new SafetensorsWriter(file, tensors, metadata, null);
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  /**
   * Goes on with a file that a writer of the same tensors began and {@linkplain #suspend() left}, or was killed over.
   *
   * @param complete the tensors whose bytes are all there, which the caller has to know; the others begin anew
   * @throws LightMambaException if there is no such file, or it was begun with other tensors
   */
  public static SafetensorsWriter resume(
      Path file, List<Declaration> tensors, Map<String, String> metadata, Predicate<String> complete) {
    try {
      return new SafetensorsWriter(file, tensors, metadata, complete);
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  /** Waits until everything that was appended is on the disk. */
  public void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  /** Closes without deleting what was written, for {@link #resume}. */
  public void suspend() {
    try {
      channel.close();
      finished = true;
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private static byte[] header(List<Declaration> layout, Map<String, String> metadata) {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(strings::put);
    }
    long position = 0;
    for (Declaration tensor : layout) {
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.dtype().name());
      tensor.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(position).add(position + tensor.byteLength());
      position += tensor.byteLength();
    }
    try {
      byte[] bytes = json.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
      byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
      Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
      return padded;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Appends raw little-endian bytes to a tensor.
   *
   * @param bytes from position to limit; consumed
   * @throws IllegalStateException if the tensor would become longer than declared
   */
  public void append(String name, ByteBuffer bytes) {
    Slot slot = slot(name, bytes.remaining());
    write(slot, bytes);
  }

  /** Appends 8-bit elements to a tensor of type I8, U8 or BOOL. */
  public void append(String name, byte[] values) {
    requireBytes(name, DType.I8.bytes());
    append(name, ByteBuffer.wrap(values));
  }

  /** Appends 16-bit integers to a tensor of type I16 or U16. */
  public void append(String name, short[] values) {
    requireBytes(name, Short.BYTES);
    Slot slot = slot(name, (long) values.length * Short.BYTES);
    for (int start = 0; start < values.length; start += BUFFER_BYTES / Short.BYTES) {
      int count = Math.min(BUFFER_BYTES / Short.BYTES, values.length - start);
      buffer.clear().limit(count * Short.BYTES);
      buffer.asShortBuffer().put(values, start, count);
      write(slot, buffer);
    }
  }

  /** Appends 32-bit integers to a tensor of type I32 or U32. */
  public void append(String name, int[] values) {
    requireBytes(name, Integer.BYTES);
    Slot slot = slot(name, (long) values.length * Integer.BYTES);
    for (int start = 0; start < values.length; start += BUFFER_BYTES / Integer.BYTES) {
      int count = Math.min(BUFFER_BYTES / Integer.BYTES, values.length - start);
      buffer.clear().limit(count * Integer.BYTES);
      buffer.asIntBuffer().put(values, start, count);
      write(slot, buffer);
    }
  }

  /** Appends 64-bit integers to a tensor of type I64 or U64. */
  public void append(String name, long[] values) {
    requireBytes(name, Long.BYTES);
    Slot slot = slot(name, (long) values.length * Long.BYTES);
    for (int start = 0; start < values.length; start += BUFFER_BYTES / Long.BYTES) {
      int count = Math.min(BUFFER_BYTES / Long.BYTES, values.length - start);
      buffer.clear().limit(count * Long.BYTES);
      buffer.asLongBuffer().put(values, start, count);
      write(slot, buffer);
    }
  }

  /** Appends 32-bit floats to a tensor of type F32. */
  public void append(String name, float[] values) {
    requireBytes(name, Float.BYTES);
    Slot slot = slot(name, (long) values.length * Float.BYTES);
    for (int start = 0; start < values.length; start += BUFFER_BYTES / Float.BYTES) {
      int count = Math.min(BUFFER_BYTES / Float.BYTES, values.length - start);
      buffer.clear().limit(count * Float.BYTES);
      buffer.asFloatBuffer().put(values, start, count);
      write(slot, buffer);
    }
  }

  /**
   * Moves the complete file into place.
   *
   * @throws IllegalStateException if a tensor has fewer bytes than declared
   */
  public void finish() {
    for (Slot slot : slots.values()) {
      if (slot.next != slot.end) {
        throw new IllegalStateException(slot.end - slot.next + " bytes of " + slot.declaration.name() + " are missing");
      }
    }
    try {
      channel.close();
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      finished = true;
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (!finished) {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private void requireBytes(String name, int elementBytes) {
    Slot slot = slots.get(name);
    if (slot != null && slot.declaration.dtype().bytes() != elementBytes) {
      throw new IllegalStateException(name + " is declared as " + slot.declaration.dtype());
    }
  }

  private Slot slot(String name, long bytes) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw new IllegalStateException("the tensor " + name + " was not declared");
    }
    if (bytes > slot.end - slot.next) {
      throw new IllegalStateException(bytes + " bytes for " + name + ", but only " + (slot.end - slot.next) + " left");
    }
    return slot;
  }

  private void write(Slot slot, ByteBuffer bytes) {
    try {
      long length = bytes.remaining();
      writeFully(bytes, slot.next);
      slot.next += length;
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private void writeFully(ByteBuffer bytes, long position) throws IOException {
    long next = position;
    while (bytes.hasRemaining()) {
      next += channel.write(bytes, next);
    }
  }

  private static LightMambaException notWritable(Path file, IOException e) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_WRITABLE,
        file + " cannot be written (" + e + ").",
        "check the rights and the free space.",
        e);
  }
}
