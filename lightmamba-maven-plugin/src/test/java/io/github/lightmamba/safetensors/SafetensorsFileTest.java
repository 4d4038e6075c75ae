package io.github.lightmamba.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A safetensors file")
class SafetensorsFileTest {
  @TempDir private Path folder;

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}                            | no JSON",
        "[]                                                                                | no JSON object",
        "{} {}                                                                             | no JSON",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}                       | Duplicate field 'a'",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}                       | a and b overlap",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[4,16]}}                           | holds 12 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}                           | holds 12 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[8,4]}}                            | holds 12 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,99999999999999999999]}}         | beyond any file",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}                           | need 8",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}}        | more than 2^63",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}                           | has the shape [-1]",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,6]}}                          | has the shape [1.5]",
        "{'a':{'dtype':'F8_E5M2','shape':[4],'data_offsets':[0,4]}}                        | dtype \"F8_E5M2\"",
        "{'a':{'shape':[4],'data_offsets':[0,4]}}                                          | the dtype ",
        "{'a':{'dtype':'F32','data_offsets':[0,4]}}                                        | has no shape",
        "{'a':{'dtype':'F32','shape':[1]}}                                                 | has no data_offsets",
        "{'a':4}                                                                           | tensor a",
        "{'__metadata__':{'a':4}}                                                          | __metadata__.a",
        "{'__metadata__':'a'}                                                              | __metadata__",
      })
  @DisplayName("with a header that does not fit is refused with the reason")
  void refusesHeader(String header, String reason) throws IOException {
    String json = header.strip().replace('\'', '"');
    Path file = write(json.length(), json, 12);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WEIGHTS_MALFORMED))
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason.strip());
  }

  @ParameterizedTest(name = "header length {0}")
  @CsvSource({"15", "1000000", "-1", "9223372036854775807", "100000001", "0", "1"})
  @DisplayName("whose header is said to be longer than the file, or too short, is refused before memory is taken")
  void refusesHeaderLength(long length) throws IOException {
    Path file = write(length, "{}", 12);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("LM-CKPT-003")
        .hasMessageContaining("the header's length is " + Long.toUnsignedString(length));
  }

  @Test
  @DisplayName("that ends inside the header's length is refused")
  void refusesTruncated() throws IOException {
    Path file = Files.write(folder.resolve("short"), new byte[5]);
    assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("the file has 5 bytes");
  }

  @Test
  @DisplayName("that does not exist is not readable")
  void refusesMissing() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("nothing")))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_READABLE));
  }

  @Test
  @DisplayName("gives a tensor only as what it is")
  void typedAccess() throws IOException {
    String json = "{\"a\":{\"dtype\":\"I16\",\"shape\":[2,3],\"data_offsets\":[0,12]}}";
    try (SafetensorsFile file = SafetensorsFile.open(write(json.length(), json, 12))) {
      assertThat(file.int16s("a")).hasSize(6);
      assertThat(file.info("a").hasShape(2, 3)).isTrue();
      assertThatThrownBy(() -> file.floats("a")).hasMessageContaining("tensor a is I16 [2, 3]");
      assertThatThrownBy(() -> file.matrix("a")).hasMessageContaining("F32, F16, BF16");
      assertThatThrownBy(() -> file.int8s("a")).hasMessageContaining("I8, U8, BOOL");
      assertThatThrownBy(() -> file.info("b")).hasMessageContaining("there is no tensor b");
      assertThatThrownBy(() -> file.bytes("a", 8, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private Path write(long length, String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(json);
    return Files.write(folder.resolve("model.safetensors"), bytes.array());
  }
}
