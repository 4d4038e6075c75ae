package io.github.lightmamba.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.TensorStore;
import io.github.lightmamba.torch.StateDictWriter.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A file of torch.save")
class TorchFileTest {
  /** OrderedDict, key, tensor of a FloatStorage of 2 with shape (2,), as text with escapes. */
  private static final String PLAIN =
      "\\x80\\x02ccollections\nOrderedDict\n)R(X\\x01\\x00\\x00\\x00actorch._utils\n_rebuild_tensor_v2\n("
          + "(X\\x07\\x00\\x00\\x00storagectorch\nFloatStorage\nX\\x01\\x00\\x00\\x000X\\x03\\x00\\x00\\x00cpuK\\x02tQ"
          + "K\\x00K\\x02\\x85K\\x01\\x85\\x89ccollections\nOrderedDict\n)RtRu.";

  @TempDir private Path folder;

  @Test
  @DisplayName("gives tensors of every type and shape, mapped where they lie")
  void reads() throws IOException {
    Map<String, Item> items = new LinkedHashMap<>();
    byte[] shared = floats(1, 2, 3, 4, 5, 6);
    items.put("first", new Item(DType.F32, shared, 2, 3));
    items.put("again", new Item(DType.F32, shared, 2, 3));
    items.put("half", new Item(DType.F16, new byte[] {0, 0x3c, 0, (byte) 0xc0}, 1, 2));
    items.put("brain", new Item(DType.BF16, new byte[] {(byte) 0x80, 0x3f}, 1, 1, 1, 1));
    items.put("scalar", new Item(DType.I64, new byte[8]));
    for (int i = 0; i < 300; i++) {
      items.put("more." + i, new Item(DType.F32, floats(i), 1));
    }
    Path file = Files.write(folder.resolve("model.bin"), StateDictWriter.file(items));
    try (TensorStore store = TorchFile.open(file)) {
      assertThat(store.names()).hasSize(305);
      assertThat(store.floats("first")).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(store.info("again").offset()).isEqualTo(store.info("first").offset());
      assertThat(store.info("first").offset() % 64).isZero();
      assertThat(store.floats("half")).containsExactly(1, -2);
      assertThat(store.floats("brain")).containsExactly(1);
      assertThat(store.info("brain").shape()).containsExactly(1L, 1L, 1L, 1L);
      assertThat(store.info("scalar").shape()).isEmpty();
      assertThat(store.info("scalar").dtype()).isEqualTo(DType.I64);
      for (int i = 0; i < 300; i++) {
        assertThat(store.floats("more." + i)).containsExactly(i);
      }
      float[] row = new float[3];
      store.matrix("first").readRow(1, row, 0);
      assertThat(row).containsExactly(4, 5, 6);
      assertThatThrownBy(() -> store.info("none")).hasMessageContaining("no tensor none");
    }
  }

  @Test
  @DisplayName("may be a plain zip without zip64, alignment and descriptors, as older versions wrote it")
  void plainZip() throws IOException {
    StateDictWriter.Zip zip = new StateDictWriter.Zip(false);
    zip.add("model/data.pkl", pickle(PLAIN));
    zip.add("model/data/0", floats(3, 4));
    zip.add("model/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    try (TensorStore store = TorchFile.open(Files.write(folder.resolve("a.bin"), zip.finish()))) {
      assertThat(store.floats("a")).containsExactly(3, 4);
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        // os.system('...'), by REDUCE, by INST and by the object instructions of protocol 2 and 4.
        "\\x80\\x02cos~system~X\\x04\\x00\\x00\\x00true\\x85R.               | asks for os.system",
        "\\x80\\x02(X\\x04\\x00\\x00\\x00trueios~system~.                    | instruction 0x69",
        "\\x80\\x02(cos~system~o.                                            | asks for os.system",
        "\\x80\\x02cposix~getcwd~)R.                                         | asks for posix.getcwd",
        "\\x80\\x02cbuiltins~eval~X\\x01\\x00\\x00\\x001\\x85R.              | asks for builtins.eval",
        "\\x80\\x02c__builtin__~getattr~.                                    | asks for __builtin__.getattr",
        "\\x80\\x02ctorch~load~.                                             | asks for torch.load",
        "\\x80\\x02ctorch.storage~_load_from_bytes~.                         | asks for torch.storage._load_from_bytes",
        "\\x80\\x02ccollections~OrderedDict.~.                               | asks for collections.OrderedDict.",
        "\\x80\\x02X\\x02\\x00\\x00\\x00osX\\x06\\x00\\x00\\x00system\\x93.    | instruction 0x93",
        "\\x80\\x02\\x82\\x01.                                                 | instruction 0x82",
        "\\x80\\x02P0~.                                                       | instruction 0x50",
        "\\x80\\x02}\\x81.                                                     | instruction 0x81",
      })
  @DisplayName("that asks for a function or an instruction is refused by its name, and nothing runs")
  void hostile(String pickle, String reason) throws IOException {
    refused(ErrorCode.PICKLE_REFUSED, pickle.strip(), reason.strip());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        // Six bytes that ask for two gigabytes.
        "\\x80\\x02X\\xff\\xff\\xff\\x7f                     | it needs 2147483647 bytes, 0 are left",
        "\\x80\\x02X\\xff\\xff\\xff\\xff                     | it needs 4294967295 bytes",
        "\\x80\\x02\\x8a\\xff                                | it needs 255 bytes",
        "\\x80\\x02\\x8a\\x09aaaaaaaaa.                      | an integer has 9 bytes",
        "\\x80\\x02r\\xff\\xff\\xff\\x7f                     | the stack is empty",
        "\\x80\\x02j\\xff\\xff\\xff\\x7f                     | recalls value 2147483647, which was not remembered",
        "\\x80\\x02}                                         | needs 1 bytes",
        "\\x80\\x02}}.                                       | ends with 2 values",
        "\\x80\\x02}.}                                       | 1 bytes left",
        "\\x80\\x02R.                                        | stack is too short",
        "\\x80\\x02(R.                                       | stack is too short",
        "\\x80\\x02t.                                        | no mark",
        "\\x80\\x02}(K\\x01K\\x02K\\x03u.                    | sets items of a dict",
        "\\x80\\x02}}K\\x02s.                                | a key of a dict is a dict",
        "\\x80\\x02}K\\x01K\\x02sK\\x01K\\x02s.              | twice as a key",
        "\\x80\\x02ccollections~OrderedDict~K\\x01\\x85R.  | called with arguments",
        "\\x80\\x02ctorch~FloatStorage~)R.                 | calls torch.FloatStorage",
        "\\x80\\x02K\\x01)R.                                 | calls the number 1",
        "\\x80\\x02K\\x01Q.                                  | a persistent id",
        "\\x80\\x02]}b.                                      | sets the state of a list",
        "\\x80\\x02ctorch._utils~_rebuild_tensor_v2~)R.    | _rebuild_tensor_v2 is called with other arguments",
        "\\x80\\x02ctorch._utils~_rebuild_parameter~)R.    | _rebuild_parameter is called with other arguments",
      })
  @DisplayName("whose pickle is damaged is refused with the place")
  void malformed(String pickle, String reason) throws IOException {
    refused(ErrorCode.WEIGHTS_MALFORMED, pickle.strip(), "of data.pkl", reason.strip());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "K\\x02\\x85K\\x01\\x85 | K\\x03\\x85K\\x01\\x85 | LM-CKPT-003 | outside its storage of 2 elements",
        "K\\x00K\\x02\\x85               | K\\x01K\\x02\\x85             | LM-CKPT-003 | outside its storage",
        "K\\x00K\\x02\\x85               | J\\xff\\xff\\xff\\xffK\\x02\\x85 | LM-CKPT-003 | outside its storage",
        "K\\x02\\x85K\\x01\\x85 | K\\x02\\x85K\\x02\\x85        | LM-CKPT-002 | has the strides [2]",
        "K\\x02\\x85K\\x01\\x85 | K\\x02\\x85)                  | LM-CKPT-002 | has the strides []",
        "K\\x02tQ               | K\\x03tQ             | LM-CKPT-003 | have 3 elements of F32, but has 8 bytes",
        "\\x000X                         | \\x001X                       | LM-CKPT-003 | no entry data/1",
        "FloatStorage           | HalfStorage         | LM-CKPT-003 | elements of F16, but has 8 bytes",
        "FloatStorage           | ComplexFloatStorage | LM-CKPT-005 | torch.ComplexFloatStorage",
        "\\x80\\x02c                     | \\x80\\x04c                   | LM-CKPT-002 | protocol 2",
      })
  @DisplayName("with one thing wrong is refused with that thing")
  void oneThingWrong(String before, String after, String code, String reason) throws IOException {
    String changed = PLAIN.replace(before.strip(), after.strip());
    assertThat(changed).isNotEqualTo(PLAIN);
    Path file = write(pickle(changed), Map.of("0", floats(3, 4)));
    assertThatThrownBy(() -> TorchFile.open(file))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll(code.strip(), reason.strip(), file.toString());
  }

  @Test
  @DisplayName("that holds something else than a dict of tensors, or storages that nobody uses, is refused")
  void otherContents() throws IOException {
    refused(ErrorCode.CHECKPOINT_UNSUPPORTED, "\\x80\\x02K\\x07.", "holds the number 7, not a dict");
    refused(
        ErrorCode.CHECKPOINT_UNSUPPORTED, "\\x80\\x02}X\\x05\\x00\\x00\\x00epochK\\x07s.", "epoch is the number 7");
    refused(ErrorCode.CHECKPOINT_UNSUPPORTED, "\\x80\\x02}K\\x05K\\x07s.", "the number 5 instead of a name");
    Path file = write(pickle(PLAIN), Map.of("0", floats(3, 4), "1", floats(1)));
    assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("data/1 belongs to no tensor");
  }

  @Test
  @DisplayName("that stacks or makes values without end is refused before memory runs out")
  void bombs() throws IOException {
    byte[] stack = new byte[1 << 20];
    Arrays.fill(stack, (byte) '}');
    refusedBytes(stack, "stacks more than 65536");
    byte[] values = new byte[1 << 20];
    for (int i = 0; i < values.length; i += 2) {
      values[i] = '(';
      values[i + 1] = i % 4 == 0 ? (byte) ')' : (byte) 't';
    }
    refusedBytes(values, "makes more than 262144 values");
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write('X');
    text.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(5000).array());
    text.writeBytes(new byte[5000]);
    refusedBytes(text.toByteArray(), "a string has 5000 bytes, at most 4096");
    byte[] name = new byte[1000];
    Arrays.fill(name, (byte) 'a');
    name[0] = 'c';
    refusedBytes(name, "a name has more than 256 bytes");
  }

  @Test
  @DisplayName("of another form is refused by name, with what to do")
  void otherForms() throws IOException {
    refusedFile(pickle("\\x80\\x02\\x8a\nl\\xfc\\x9cF\\xf9 j\\xa8P\\x19."), "before PyTorch 1.6", "weights_only=True");
    refusedFile(new byte[0], "no zip");
    refusedFile("version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII), "no zip");
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(deflated)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle(PLAIN));
      zip.closeEntry();
    }
    refusedFile(deflated.toByteArray(), "archive/data.pkl is compressed (method 8)", "save");
    StateDictWriter.Zip program = new StateDictWriter.Zip(false);
    program.add("m/data.pkl", pickle(PLAIN));
    program.add("m/constants.pkl", new byte[0]);
    refusedFile(program.finish(), "TorchScript");
    StateDictWriter.Zip big = new StateDictWriter.Zip(false);
    big.add("m/data.pkl", pickle(PLAIN));
    big.add("m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    refusedFile(big.finish(), "byteorder is 'big'");
    StateDictWriter.Zip none = new StateDictWriter.Zip(false);
    none.add("m/other", new byte[3]);
    refusedFile(none.finish(), "no <folder>/data.pkl");
    StateDictWriter.Zip two = new StateDictWriter.Zip(false);
    two.add("m/data.pkl", pickle(PLAIN));
    two.add("n/data.pkl", pickle(PLAIN));
    refusedFile(two.finish(), "more than one data.pkl");
    StateDictWriter.Zip twice = new StateDictWriter.Zip(false);
    twice.add("m/data.pkl", pickle(PLAIN));
    twice.add("m/data.pkl", pickle(PLAIN));
    refusedFile(twice.finish(), "two entries of the name m/data.pkl");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("that was cut off anywhere is refused")
  void cutOff(boolean torch) throws IOException {
    StateDictWriter.Zip zip = new StateDictWriter.Zip(torch);
    zip.add("m/data.pkl", pickle(PLAIN));
    zip.add("m/data/0", floats(3, 4));
    byte[] whole = zip.finish();
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("cut.bin"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TorchFile.open(file))
          .as("cut at " + length)
          .isInstanceOfSatisfying(
              LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WEIGHTS_MALFORMED));
    }
  }

  private void refused(ErrorCode code, String pickle, String... reasons) throws IOException {
    Path file = write(pickle(pickle), Map.of());
    assertThatThrownBy(() -> TorchFile.open(file))
        .isInstanceOfSatisfying(LightMambaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(reasons);
  }

  private void refusedBytes(byte[] instructions, String reason) throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
    pickle.writeBytes(instructions);
    Path file = write(pickle.toByteArray(), Map.of());
    assertThatThrownBy(() -> TorchFile.open(file))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining(reason);
  }

  private void refusedFile(byte[] bytes, String... reasons) throws IOException {
    Path file = Files.write(folder.resolve("other.bin"), bytes);
    assertThatThrownBy(() -> TorchFile.open(file))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll(reasons);
  }

  private Path write(byte[] pickle, Map<String, byte[]> storages) throws IOException {
    return Files.write(folder.resolve("model.bin"), StateDictWriter.zip("archive", pickle, storages));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** Reads {@code \xhh} as a byte, a tilde as the end of a line, everything else as ASCII. */
  private static byte[] pickle(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\x", i)) {
        bytes.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(text.charAt(i) == '~' ? '\n' : text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
