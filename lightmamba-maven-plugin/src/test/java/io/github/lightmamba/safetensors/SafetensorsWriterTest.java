package io.github.lightmamba.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The safetensors writer")
class SafetensorsWriterTest {
  private static final List<Declaration> TENSORS =
      List.of(
          Declaration.of("weights", DType.I8, 3, 5),
          Declaration.of("shorts", DType.I16, 40_000),
          Declaration.of("floats", DType.F32, 2, 2),
          Declaration.of("ints", DType.I32, 20_000),
          Declaration.of("longs", DType.I64, 2),
          Declaration.of("empty", DType.U8, 0));

  @TempDir private Path folder;

  @Test
  @DisplayName("writes what the reader reads, in pieces and in any order")
  void roundTrip() {
    Random random = new Random(3);
    byte[] weights = new byte[15];
    random.nextBytes(weights);
    short[] shorts = new short[40_000];
    int[] ints = new int[20_000];
    for (int i = 0; i < shorts.length; i++) {
      shorts[i] = (short) random.nextInt();
    }
    Arrays.setAll(ints, i -> random.nextInt());
    Path file = folder.resolve("a.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS, Map.of("b", "2", "a", "1"))) {
      writer.append("weights", Arrays.copyOf(weights, 4));
      writer.append("longs", new long[] {Long.MIN_VALUE, 7});
      writer.append("shorts", shorts);
      writer.append("weights", ByteBuffer.wrap(weights, 4, 11));
      writer.append("ints", ints);
      writer.append("floats", new float[] {1, -0f, 3.5f, Float.MIN_VALUE});
      writer.finish();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.names()).containsExactly("empty", "floats", "ints", "longs", "shorts", "weights");
      assertThat(read.metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
      assertThat(read.int8s("weights")).isEqualTo(weights);
      assertThat(read.int16s("shorts")).isEqualTo(shorts);
      assertThat(read.int32s("ints")).isEqualTo(ints);
      assertThat(read.int64s("longs")).containsExactly(Long.MIN_VALUE, 7);
      assertThat(read.floats("floats")).containsExactly(1, -0f, 3.5f, Float.MIN_VALUE);
      assertThat(read.int8s("empty")).isEmpty();
      for (String name : read.names()) {
        assertThat(read.info(name).offset() % read.info(name).dtype().bytes()).as(name).isZero();
      }
    }
  }

  @Test
  @DisplayName("writes the header bytes that the format defines, whatever the order of declaration")
  void byteStable() throws IOException {
    List<Declaration> tensors =
        List.of(Declaration.of("b", DType.U8, 1), Declaration.of("a", DType.U8, 1), Declaration.of("c", DType.I16));
    Path file = folder.resolve("b.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of("k", "v"))) {
      writer.append("a", new byte[] {1});
      writer.append("b", new byte[] {2});
      writer.append("c", new short[] {3});
      writer.finish();
    }
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"c\":{\"dtype\":\"I16\",\"shape\":[],\"data_offsets\":[0,2]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[3,4]}}";
    byte[] bytes = Files.readAllBytes(file);
    int padded = (header.length() + 7) / 8 * 8;
    String spaces = " ".repeat(padded - header.length());
    assertThat(bytes).hasSize(8 + padded + 4);
    assertThat(bytes[0] & 0xff).isEqualTo(padded);
    assertThat(new String(bytes, 8, padded, StandardCharsets.UTF_8)).isEqualTo(header + spaces);
    assertThat(Arrays.copyOfRange(bytes, 8 + padded, bytes.length)).containsExactly(3, 0, 1, 2);
  }

  @Test
  @DisplayName("leaves nothing behind when it does not finish")
  void unfinished() throws IOException {
    Path file = Files.writeString(folder.resolve("c.safetensors"), "old");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS, Map.of())) {
      writer.append("weights", new byte[3]);
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class).hasMessageContaining("missing");
    }
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining("glob:**.partial");
  }

  @Test
  @DisplayName("refuses undeclared tensors, too many bytes and another element size")
  void refusesMistakes() {
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("d"), TENSORS, Map.of())) {
      assertThatThrownBy(() -> writer.append("other", new byte[1])).hasMessageContaining("was not declared");
      assertThatThrownBy(() -> writer.append("weights", new byte[16])).hasMessageContaining("only 15 left");
      assertThatThrownBy(() -> writer.append("weights", new int[1])).hasMessageContaining("declared as I8");
    }
    List<Declaration> twice = List.of(TENSORS.get(0), TENSORS.get(0));
    assertThatThrownBy(() -> SafetensorsWriter.create(folder.resolve("e"), twice, Map.of()))
        .hasMessageContaining("declared twice");
  }

  @Test
  @DisplayName("goes on with a file that was left, tensor by tensor")
  void resumed() throws IOException {
    List<Declaration> tensors = List.of(Declaration.of("done", DType.I8, 3), Declaration.of("half", DType.I8, 2));
    Path file = folder.resolve("r.safetensors");
    SafetensorsWriter first = SafetensorsWriter.create(file, tensors, Map.of());
    first.append("done", new byte[] {1, 2, 3});
    first.append("half", new byte[] {9});
    first.force();
    first.suspend();
    assertThat(file).doesNotExist();
    List<Declaration> others = List.of(Declaration.of("done", DType.I8, 3), Declaration.of("half", DType.I8, 3));
    assertThatThrownBy(() -> SafetensorsWriter.resume(file, others, Map.of(), "done"::equals))
        .hasMessageContaining("it was begun with other tensors");
    try (SafetensorsWriter second = SafetensorsWriter.resume(file, tensors, Map.of(), "done"::equals)) {
      assertThatThrownBy(() -> second.append("done", new byte[] {4})).isInstanceOf(IllegalStateException.class);
      second.append("half", new byte[] {4, 5});
      second.finish();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.int8s("done")).containsExactly(1, 2, 3);
      assertThat(read.int8s("half")).containsExactly(4, 5);
    }
    assertThatThrownBy(() -> SafetensorsWriter.resume(file, tensors, Map.of(), "done"::equals))
        .hasMessageContaining("cannot be written");
  }
}
