package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the quantizer refuses or warns about by name. */
class QuantizationLimitsTest {
  @TempDir private Path folder;

  /** Neither 184 nor 368 = 23·16 is the order of a known Hadamard matrix. */
  private final ModelRotation blocks = new ModelRotation(184, 368, 0);

  @Test
  void aStrictRotationRefusesAWidthWithoutAMatrix() {
    assertThatThrownBy(() -> RotationPolicy.STRICT.check(blocks, Progress.SILENT))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll("order 184", "23 blocks of 8", "-Dlightmamba.rotation=auto");
  }

  @Test
  void anAutomaticRotationWarnsAboutEachWidth() {
    List<String> warnings = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void info(String line) {}

          @Override
          public void warn(String line) {
            warnings.add(line);
          }

          @Override
          public void phase(String name, long total) {}

          @Override
          public void advance(long units) {}
        };
    RotationPolicy.AUTO.check(blocks, progress);
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("order 184");
    assertThat(warnings.get(1)).contains("order 368");
    warnings.clear();
    RotationPolicy.STRICT.check(new ModelRotation(320, 640, 0), progress);
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 640, 128", "0, 320, 64", "0, 48, 16", "32, 640, 32"})
  void aGroupFollowsTheWidthUnlessItIsGiven(int wanted, int cols, int expected) {
    assertThat(GroupSize.of(wanted, cols, "w")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 4, 24})
  void aGroupThatDoesNotFitNamesTheMatrix(int wanted) {
    assertThatThrownBy(() -> GroupSize.of(wanted, 320, "layers.3.in_proj.weight"))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll("groupSize = " + wanted, "layers.3.in_proj.weight", "320");
  }

  /** A group has at least 8 weights; nobody can set a groupSize that mends this. */
  @Test
  void aWidthThatNoGroupDividesNamesTheField() throws IOException {
    SyntheticShape shape = new SyntheticShape(20, 1, 8, 8, 1, 4, 16);
    Path written =
        SyntheticCheckpoint.write(folder.resolve("narrow"), shape, SyntheticCheckpoint.Decays.USUAL, DType.F32, 1);
    QuantizationOptions options = new QuantizationOptions(Scheme.W4A4, 8, Method.RTN, 0, 8);
    try (Checkpoint checkpoint = Checkpoint.open(written)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      assertThatThrownBy(() -> new ModelQuantizer(weights, options))
          .isInstanceOf(LightMambaException.class)
          .hasMessageContainingAll("hidden_size = 20 has no integer form", "a multiple of 8", "Do: ");
    }
  }

  @Test
  void aGivenGroupThatDoesNotFitOneMatrixOfAModelNamesIt() {
    QuantizationOptions options = new QuantizationOptions(Scheme.W4A4, 8, Method.RTN, 128, 8);
    assertThatThrownBy(() -> TinyModels.quantized(TinyModels.TIED, options))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll("LM-PARAM-002: groupSize = 128 does not fit ", "with its 64 inputs", "for example 64");
  }
}
