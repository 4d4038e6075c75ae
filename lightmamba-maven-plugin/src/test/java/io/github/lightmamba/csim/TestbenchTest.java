package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole accelerator on images of zeros: every logit is 0, so that every argmax is 0, and every loop is walked. The
 * state begins as garbage, so the first start resets it.
 */
@DisplayName("The testbench of a whole accelerator")
class TestbenchTest {

  private static final int UNITS = 3;
  private static final int LAYERS = 2;
  private static final int VOCABULARY = 37;

  // Rounds a unit and words by hand from docs/formats.md, sections 1 to 4, for D 32, I 48, H 3, N 16, K 4.
  private static final int HEADER_WORDS = 2;                // word 0; a byte for each of 2 x 3 heads
  private static final int TABLE_WORDS = 16;
  private static final int SHARED_WORDS = 3 + 1 + 12;       // 35 rows, 12 a unit; 12 records, 24 scale bytes
  private static final int CHANNEL_WORDS = 2 * (2 + 1 + 16); // 16 pairs a unit, two blocks of 8
  private static final int OUT_WORDS = 1 + 11;              // 32 rows, 11 a unit; 44 scale bytes
  private static final int HEAD_WORDS = 1 + 13;             // 37 rows, 13 a unit; 26 scale bytes
  private static final int LAYER_WORDS = SHARED_WORDS + CHANNEL_WORDS + OUT_WORDS;
  // 16 channels a unit, 16 elements of 16 bits in a word; two blocks with 8 contexts of 8 bytes.
  private static final int STATE_WORDS = LAYERS * (16 + 2);
  private static final int CORE_TABLE_WORDS = 49 + 17 + 17 + 1;
  private static final int CORE_LAYER_WORDS = 1 + 1 + 2;

  @TempDir
  static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    program = compile(sources().set("model", 32).set("conv", 4).set("activationGroupModel", 32)
        .set("activationGroupInner", 16).set("weightGroupModel", 32).set("weightGroupInner", 16), folder);
    Files.write(folder.resolve("unit"), unitImage(LAYERS * LAYER_WORDS + HEAD_WORDS));
    Files.write(folder.resolve("embedding"), new byte[64 * VOCABULARY]);
    Files.write(folder.resolve("core"), coreImage());
  }

  /** Zeros but for the header and the widths of the state. */
  private static byte[] unitImage(int weightWords) {
    return unitImage(weightWords, STATE_WORDS);
  }

  private static byte[] unitImage(int weightWords, int stateWords) {
    int words = HEADER_WORDS + TABLE_WORDS + weightWords;
    ByteBuffer image = ByteBuffer.allocate(64 * words).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(stateWords).putInt(words);
    for (int head = 0; head < LAYERS * 3; head++) {
      image.put(64 + head, (byte) 16);
    }
    return image.array();
  }

  /** Zeros but for every epsilon, which is at least 1, and the state bits. */
  private static byte[] coreImage() {
    byte[] image = new byte[64 * (CORE_TABLE_WORDS + LAYERS * CORE_LAYER_WORDS)];
    image[64 * (CORE_TABLE_WORDS - 1)] = 1;
    for (int layer = 0; layer < LAYERS; layer++) {
      image[64 * (CORE_TABLE_WORDS + layer * CORE_LAYER_WORDS)] = 1;
      for (int head = 0; head < 3; head++) {
        image[64 * (CORE_TABLE_WORDS + layer * CORE_LAYER_WORDS + 1) + 16 * head + 13] = 16; // state bits
      }
    }
    return image;
  }

  private static CxxProgram compile(KernelSources sources, Path folder) throws IOException {
    sources.render("config/lightmamba_config.hpp", folder);
    Path unit = sources.render("kernels/unit.cpp", folder);
    Path memory = sources.render("kernels/memory.cpp", folder);
    Path core = sources.render("kernels/core.cpp", folder);
    return CxxProgram.compile("g++", "../testbench.cpp", folder, "-O1", "-Wno-unknown-pragmas", unit.toString(),
        memory.toString(), core.toString());
  }

  private static KernelSources sources() throws IOException {
    return new KernelSources().set("heads", 3).set("headDim", 16).set("inner", 48).set("state", 16).set("groups", 1)
        .set("layers", LAYERS).set("vocabulary", VOCABULARY).set("units", UNITS).set("stateGroup", 16)
        .hadamard(12, 2);
  }

  private static CxxProgram.Run run(String unitImage, String... starts) throws IOException {
    return run(program, folder, unitImage, starts);
  }

  private static CxxProgram.Run run(CxxProgram program, Path folder, String unitImage, String... starts)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (int unit = 0; unit < UNITS; unit++) {
      lines.add("unit_image " + folder.resolve(unitImage));
    }
    lines.add("core_image " + folder.resolve("core"));
    lines.add("embedding_image " + folder.resolve("embedding"));
    lines.add("statistics " + folder.resolve("statistics.json"));
    lines.add("progress 1");
    lines.addAll(List.of(starts));
    Files.write(folder.resolve("run.txt"), lines);
    return program.run(folder.resolve("run.txt").toString());
  }

  private static String start(int tokens, int logitsForAll, int decode, String ids) {
    return start(tokens, 1, logitsForAll, decode, 8, ids);
  }

  private static String start(int tokens, int sequences, int logitsForAll, int decode, int bits, String ids) {
    return "start\ntokens " + tokens + "\nsequences " + sequences + "\nslot 0\nlogits_for_all " + logitsForAll
        + "\nreset 1\ndecode " + decode + "\nweight_bits " + bits + "\nactivation_bits " + bits
        + "\nhead_bits 8\nkept_layers 0\ntrace_layers 1\ntrace_logits 1\ntoken_in " + ids;
  }

  @Test
  @DisplayName("ends prefill and decode without deadlock or leftover, and every port delivers what the formats say")
  void ends() throws IOException {
    Path tokens = folder.resolve("tokens");
    Path trace = folder.resolve("trace");
    CxxProgram.Run run = run("unit", start(5, 0, 0, "1 2 3 4 36"),
        start(4, 1, 1, "7") + "\ntoken_out " + tokens + "\ntrace " + trace);
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.errors().lines().filter(line -> line.startsWith("progress"))).hasSize(9);
    assertThat(Files.readAllBytes(tokens)).isEqualTo(new byte[4 * 4]);
    assertThat(Files.readAllBytes(trace)).hasSize(4 * (LAYERS * 2 + 3) * 64).containsOnly(0);
    String statistics = Files.readString(folder.resolve("statistics.json"));
    // The first step of each start has no state to read.
    int weights = 2 * (HEADER_WORDS + TABLE_WORDS) + 9 * LAYERS * LAYER_WORDS + 5 * HEAD_WORDS + 7 * STATE_WORDS;
    for (int unit = 0; unit < UNITS; unit++) {
      String memory = "{\"kernel\": \"memory" + unit + "\", \"port\": ";
      assertThat(statistics).contains(memory + "\"weights\", \"beats\": " + weights + "}",
          memory + "\"state\", \"beats\": " + 9 * STATE_WORDS + "}");
    }
    assertThat(statistics)
        .contains(
            "\"port\": \"parameters\", \"beats\": " + (2 * CORE_TABLE_WORDS + 9 * LAYERS * CORE_LAYER_WORDS) + "}")
        .contains("\"port\": \"embedding\", \"beats\": 9}");
  }

  @Test
  @DisplayName("walks 4-bit rows of two sequences with biases, longer records and a norm a group in the words of the formats")
  void walksFourBits(@TempDir Path four) throws IOException {
    CxxProgram wide = compile(sources().lanes(4).set("model", 160).set("conv", 6).set("bias", 1)
        .set("normGroups", 3).set("activationGroupModel", 8).set("activationGroupInner", 16)
        .set("weightGroupModel", 32).set("weightGroupInner", 16), four);
    // By hand as above, for D 160, K 6: records of 32 bytes; rows of 2, 1 and in the head 3 words;
    // scales of 10 bytes (in_proj), 8 (out_proj) and 6 (head).
    int shared = 6 + 2 + 24;
    int channels = 2 * (4 + 3 + 32);
    int out = 3 * (2 + 16) + (1 + 6);
    int head = 2 + 39;
    int layers = LAYERS * (shared + channels + out);
    // Contexts of 16 bytes: two words a block.
    int state = LAYERS * (16 + 4);
    Files.write(four.resolve("unit"), unitImage(layers + head, state));
    Files.write(four.resolve("embedding"), new byte[64 * VOCABULARY * 5]);
    Files.write(four.resolve("core"), coreImage());
    Path trace = four.resolve("trace");
    CxxProgram.Run run = run(wide, four, "unit", start(3, 2, 1, 1, 4, "7 8") + "\ntrace " + trace);
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(Files.readAllBytes(trace)).hasSize(3 * 2 * (LAYERS * 10 + 3) * 64).containsOnly(0);
    assertThat(Files.readString(four.resolve("statistics.json"))).contains(
        "\"port\": \"weights\", \"beats\": "
            + (HEADER_WORDS + TABLE_WORDS + 3 * (layers + head) + 2 * 2 * state) + "}");
  }

  @Test
  @DisplayName("refuses an image whose size does not fit the configuration, with code 2 and both sizes")
  void refusesAnImageOfAnotherSize() throws IOException {
    Files.write(folder.resolve("short"), unitImage(1));
    CxxProgram.Run run = run("short", start(1, 0, 0, "1"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errors()).contains("has " + 64 * (HEADER_WORDS + TABLE_WORDS + 1) + " bytes")
        .contains("needs " + 64 * (HEADER_WORDS + TABLE_WORDS + LAYERS * LAYER_WORDS + HEAD_WORDS));
  }

  @Test
  @DisplayName("refuses an id outside the vocabulary and a decode that asks for one set of logits")
  void refusesABadStart() throws IOException {
    assertThat(run("unit", start(1, 0, 0, "37")).errors()).contains("37 is outside the vocabulary");
    CxxProgram.Run decode = run("unit", start(2, 0, 1, "1"));
    assertThat(decode.exitCode()).isEqualTo(2);
    assertThat(decode.errors()).contains("decode needs logits_for_all 1");
    CxxProgram.Run kept = run("unit", start(1, 0, 0, "1").replace("kept_layers 0", "kept_layers 1"));
    assertThat(kept.exitCode()).isEqualTo(2);
    assertThat(kept.errors()).contains("kept_layers 1: the state of up to 0 layers stays on chip");
  }
}
