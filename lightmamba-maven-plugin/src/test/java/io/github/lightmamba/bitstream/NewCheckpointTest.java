package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The kernels of a new checkpoint")
class NewCheckpointTest {
  private static final int ACTIVATION_GROUP = 32;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Board.class)
  @DisplayName("of the same architecture have the key of the old ones, with other images: the bitstream is reused")
  void sameArchitecture(Board board) throws IOException {
    Path old = generate("old", TinyModels.TIED, Scheme.W8A8, board);
    Path other = generate("new", changed(), Scheme.W8A8, board);
    assertThat(key(other)).isEqualTo(key(old));
    assertThat(Files.mismatch(old.resolve("images/unit_0.bin"), other.resolve("images/unit_0.bin"))).isNotNegative();
  }

  @Test
  @DisplayName("of another architecture have another key")
  void otherArchitecture() throws IOException {
    Path old = generate("old", TinyModels.TIED, Scheme.W8A8, Board.U280);
    assertThat(key(generate("groups", TinyModels.GROUPS, Scheme.W8A8, Board.U280))).isNotEqualTo(key(old));
  }

  private Path generate(String place, Path checkpoint, Scheme scheme, Board board) throws IOException {
    Path root = Files.createDirectories(folder.resolve(place));
    Path quantized = Files.createDirectory(root.resolve("quantized"));
    QuantizedModelFolder.write(
        quantized, TinyModels.quantized(checkpoint, scheme, Byte.SIZE, ACTIVATION_GROUP), scheme.toString());
    Path output = Files.createDirectory(root.resolve("output"));
    new GenerateKernelsStage()
        .run(new GenerateKernelsRequest(new Workspace(root), quantized, board, 0, null), output, Progress.SILENT);
    return output;
  }

  private String key(Path kernels) {
    return GeneratedKernels.read(kernels).digest(new FileDigests(folder.resolve("digests.json"), false));
  }

  /** Returns a checkpoint of the same sizes with other weights: the lowest bits of all numbers are flipped. */
  private Path changed() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("changed"));
    Files.copy(TinyModels.TIED.resolve("config.json"), copy.resolve("config.json"));
    byte[] weights = Files.readAllBytes(TinyModels.TIED.resolve("model.safetensors"));
    int header = Long.BYTES + (weights[0] & 0xff) + ((weights[1] & 0xff) << 8) + ((weights[2] & 0xff) << 16);
    for (int at = header + 2; at < weights.length; at += 4) {
      weights[at] ^= 0x3f; // Of a float32 the upper bits of the mantissa.
    }
    Files.write(copy.resolve("model.safetensors"), weights);
    return copy;
  }
}
