package io.github.lightmamba.xclbin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An xclbin")
class XclbinTest {
  @TempDir private Path folder;

  @Test
  @DisplayName("tells header, sections, instances, banks, connections, clocks, arguments, maker and keys")
  void content() throws IOException {
    Xclbin xclbin = read(SampleXclbin.writer().bytes());
    XclbinHeader header = xclbin.header();
    assertThat(header.platform()).isEqualTo(SampleXclbin.PLATFORM);
    assertThat(header.mode()).isEqualTo(XclbinMode.PR);
    assertThat(header.mode().emulation()).isFalse();
    assertThat(header.version()).isEqualTo("2.13.0");
    assertThat(header.timeStamp()).isEqualTo(1_700_000_000L);
    assertThat(header.length()).isEqualTo(Files.size(xclbin.file()));
    assertThat(header.interfaceUuid()).isEqualTo(UUID.nameUUIDFromBytes(new byte[] {7}));
    assertThat(xclbin.hasImage()).isTrue();
    assertThat(xclbin.sections()).hasSize(9);
    assertThat(xclbin.sections().get(4)).hasToString("section of kind 23").extracting("name").isEqualTo("unread");
    assertThat(xclbin.kernelInstances())
        .containsExactly(
            new IpInstance(1, "gemv:gemv_1", OptionalLong.of(0x800000), 1),
            new IpInstance(1, "gemv:gemv_2", OptionalLong.of(0x810000), 1));
    assertThat(xclbin.memories())
        .containsExactly(
            new MemoryBank(MemoryType.HBM, true, 262_144, 0, "HBM[0]"),
            new MemoryBank(MemoryType.HBM, true, 262_144, 0x10000000L, "HBM[1]"),
            new MemoryBank(MemoryType.DDR4, false, 16_777_216, 0x4000000000L, "DDR[0]"));
    assertThat(xclbin.connections()).containsExactly(new Connection(0, 0, 0), new Connection(0, 1, 1));
    assertThat(xclbin.clocks())
        .containsExactly(
            new ClockFrequency("DATA_CLK", ClockFrequency.Type.DATA, 300),
            new ClockFrequency("KERNEL_CLK", ClockFrequency.Type.KERNEL, 500));
    KernelMetadata kernel = xclbin.kernel("gemv").orElseThrow();
    assertThat(kernel.control()).contains("ap_ctrl_chain");
    assertThat(kernel.instances()).containsExactly("gemv_1", "gemv_2");
    assertThat(kernel.argument("tokens"))
        .contains(
            new KernelArgument(
                "tokens", OptionalInt.of(1), KernelArgument.Kind.SCALAR, "S_AXI_CONTROL", 4, 0x1c, 4, "int"));
    assertThat(kernel.argument("out").orElseThrow().id()).isEmpty();
    assertThat(kernel.argument("weights").orElseThrow().type()).isEqualTo("ap_uint<512>*");
    assertThat(xclbin.banks("gemv_2", "weights")).extracting(MemoryBank::tag).containsExactly("HBM[1]");
    assertThat(xclbin.banks("gemv_2", "tokens")).isEmpty();
    assertThat(xclbin.build().tool()).contains("v++");
    assertThat(xclbin.build().version()).contains("2022.2");
    assertThat(xclbin.build().board()).contains("u280");
    assertThat(xclbin.keyValues()).containsEntry("made for", "a test").containsEntry("n", "2").hasSize(2);
    assertThat(xclbin.standIn()).isFalse();
    assertThat(xclbin.requireBitstream()).isSameAs(xclbin);
  }

  @Test
  @DisplayName("without sections is read, and has no image")
  void empty() throws IOException {
    Xclbin xclbin = read(new XclbinWriter("p", 4).bytes());
    assertThat(xclbin.sections()).isEmpty();
    assertThat(xclbin.hasImage()).isFalse();
    assertThat(xclbin.header().mode().emulation()).isTrue();
    assertThat(xclbin.build().tool()).isEmpty();
  }

  @Test
  @DisplayName("with a signature after the content is read, if the header says so")
  void signature() throws IOException {
    byte[] plain = SampleXclbin.writer().bytes();
    byte[] signed = Arrays.copyOf(plain, plain.length + 100);
    ByteBuffer.wrap(signed).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 100);
    assertThat(read(signed).header().signatureBytes()).isEqualTo(100);
    assertThat(refusal(Arrays.copyOf(plain, plain.length + 100))).contains("its header says");
  }

  @Test
  @DisplayName("of the stand-in is known by any one of three marks, and refused as a bitstream")
  void standIn() throws IOException {
    String tool = SampleXclbin.BUILD.replace("\"v++\"", "\"v++ (LightMamba stand-in)\"");
    String key = SampleXclbin.KEYS.replace("made for", Xclbin.STAND_IN_KEY);
    for (XclbinWriter writer :
        new XclbinWriter[] {
          new XclbinWriter("p", 0).section(14, "", tool),
          new XclbinWriter("p", 0).section(15, "", key),
          new XclbinWriter("p", 0).section(18, "", "LightMamba stand-in: no image")
        }) {
      Xclbin xclbin = read(writer.bytes());
      assertThat(xclbin.standIn()).isTrue();
      assertThatThrownBy(xclbin::requireBitstream)
          .isInstanceOf(LightMambaException.class)
          .hasMessageContaining(ErrorCode.XCLBIN_STAND_IN.id())
          .hasMessageContaining(xclbin.file().toString());
    }
  }

  @Test
  @DisplayName("that is cut off at any byte is refused")
  void truncated() throws IOException {
    byte[] whole = SampleXclbin.writer().bytes();
    for (int length = 0; length < whole.length; length += 1 + length / 7) {
      assertThat(refusal(Arrays.copyOf(whole, length))).as("%d bytes", length).contains("LM-XCLBIN-001");
    }
  }

  @Test
  @DisplayName("with wrong numbers is refused by name")
  void wrongNumbers() throws IOException {
    assertThat(patched(b -> b.put(0, (byte) 'y'))).contains("does not begin with");
    assertThat(patched(b -> b.putShort(304 + 28, (short) 9))).contains("mode is 9");
    assertThat(patched(b -> b.putInt(448, -1))).contains("4294967295 sections");
    assertThat(patched(b -> b.putInt(448, 900))).contains("900 sections");
    assertThat(patched(b -> b.putLong(456 + 24, 460))).contains("outside the content");
    assertThat(patched(b -> b.putLong(456 + 24, -8L))).contains("outside the content");
    assertThat(patched(b -> b.putLong(456 + 32, Long.MAX_VALUE))).contains("outside the content");
    assertThat(patched(b -> b.putLong(456 + 32, b.getLong(456 + 32) + 8))).contains("BITSTREAM").contains("overlaps");
    assertThat(patched(b -> b.put(304 + 48, (byte) 7))).contains("the platform in the header has a byte 7");
    assertThat(patched(b -> b.putInt(456, 8))).contains("2 sections IP_LAYOUT");
    assertThat(patched(b -> b.put(at(b, 6) + 8, (byte) 200))).contains("memory bank 0 has the type 200");
    assertThat(patched(b -> b.putLong(at(b, 6) + 16, 1L << 60))).contains("HBM[0]").contains("beyond 64 bits");
    assertThat(patched(b -> b.putLong(at(b, 6) + 24, -4096L))).contains("beyond 64 bits");
    assertThat(patched(b -> b.putInt(at(b, 6), 1 << 30))).contains("1073741824 entries");
    assertThat(patched(b -> b.putInt(at(b, 6), 2))).contains("said to have 2 entries");
    assertThat(patched(b -> b.putInt(at(b, 8), -1))).contains("IP_LAYOUT").contains("-1 entries");
    assertThat(patched(b -> b.put(at(b, 8) + 24, (byte) 0))).contains("instance 0 in IP_LAYOUT has no name");
    assertThat(patched(b -> b.putInt(at(b, 7) + 4, -1))).contains("argument -1");
    assertThat(patched(b -> b.putInt(at(b, 7) + 8, 2))).contains("instance 2, IP_LAYOUT has 2");
    assertThat(patched(b -> b.putInt(at(b, 7) + 12, 3))).contains("bank 3, MEM_TOPOLOGY has 3");
    assertThat(patched(b -> b.putShort(at(b, 11), (short) -1))).contains("CLOCK_FREQ_TOPOLOGY");
    assertThat(patched(b -> b.put(at(b, 11) + 4, (byte) 4))).contains("clock 0 has the type 4");
  }

  @Test
  @DisplayName("with broken texts is refused by name")
  void wrongTexts() throws IOException {
    assertThat(metadata(x -> x.replace("</project>", ""))).contains("is no XML");
    assertThat(metadata(x -> x.replace("project", "projekt"))).contains("root of EMBEDDED_METADATA is projekt");
    assertThat(metadata(x -> x.replace("0x1C", "0xZZ"))).contains("offset of argument tokens").contains("0xZZ");
    assertThat(metadata(x -> x.replace("addressQualifier=\"4\"", "addressQualifier=\"5\""))).contains("allowed are 0");
    assertThat(metadata(x -> x.replace("kernel name=\"gemv\"", "kernel"))).contains("has no name");
    assertThat(metadata(x -> x.replace("<project", "<!DOCTYPE p [<!ENTITY e \"x\">]>\n<project"))).contains("DOCTYPE");
    assertThat(metadata(x -> x.replace("<kernel ", "<kernel name=\"a\"/><kernel name=\"a\"/><kernel ")))
        .contains("two kernels a");
    for (String broken : new String[] {"[]", "{", "{}{}", "{} 1", "{\"a\":", "nul", "{\"a\":tru}"}) {
      assertThat(refusal(new XclbinWriter("p", 0).section(14, "", broken).bytes())).contains("BUILD_METADATA");
      assertThat(refusal(new XclbinWriter("p", 0).section(15, "", broken).bytes())).contains("KEYVALUE_METADATA");
    }
    String unpaired = SampleXclbin.KEYS.replace(",\"value\":\"2\"", "");
    assertThat(refusal(new XclbinWriter("p", 0).section(15, "", unpaired).bytes())).contains("2 keys and 1 values");
    assertThat(refusal(new XclbinWriter("p", 0).section(14, "", "").bytes())).contains("BUILD_METADATA is empty");
    byte[] large = new XclbinWriter("p", 0).section(14, "", new byte[9 << 20]).bytes();
    assertThat(refusal(large)).contains("at most 8388608");
  }

  @Test
  @DisplayName("that is missing or a folder cannot be read")
  void notReadable() {
    for (Path file : new Path[] {folder, folder.resolve("missing.xclbin")}) {
      assertThatThrownBy(() -> Xclbin.read(file)).hasMessageContaining("LM-FILE-001").hasMessageContaining("" + file);
    }
  }

  private String patched(Consumer<ByteBuffer> patch) throws IOException {
    byte[] bytes = SampleXclbin.writer().bytes();
    patch.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return refusal(bytes);
  }

  private String metadata(UnaryOperator<String> change) throws IOException {
    return refusal(new XclbinWriter("p", 0).section(2, "", change.apply(SampleXclbin.METADATA)).bytes());
  }

  /** Where the content of a section begins. */
  private static int at(ByteBuffer file, int kind) {
    int entry = 456;
    while (file.getInt(entry) != kind) {
      entry += 40;
    }
    return (int) file.getLong(entry + 24);
  }

  private String refusal(byte[] bytes) throws IOException {
    try {
      throw new AssertionError("was read: " + read(bytes));
    } catch (LightMambaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.XCLBIN_MALFORMED);
      assertThat(e.getMessage()).contains(folder.toString()).hasSizeLessThan(1000);
      return e.getMessage();
    }
  }

  private Xclbin read(byte[] bytes) throws IOException {
    return Xclbin.read(Files.write(folder.resolve("some.xclbin"), bytes));
  }
}
