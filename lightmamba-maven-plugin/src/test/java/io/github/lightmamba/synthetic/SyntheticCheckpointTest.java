package io.github.lightmamba.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint.Decays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticCheckpointTest {
  @TempDir Path folder;

  @Test
  void bytesAreTheSameOnEveryMachine() throws IOException, NoSuchAlgorithmException {
    SyntheticCheckpoint.write(folder, SyntheticShape.of("tiny"), Decays.USUAL, DType.BF16, 7);

    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(folder.resolve("model.safetensors")));

    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("3fae68b10b2e9e4b571db648d629dcb67afc70c0030e3e07762a53b2215f9e71");
  }

  @Test
  void anotherSeedOrPresetGivesOtherBytes() throws IOException {
    byte[] first = bytes("a", Decays.USUAL, 1);

    assertThat(bytes("b", Decays.USUAL, 1)).isEqualTo(first);
    assertThat(bytes("c", Decays.USUAL, 2)).isNotEqualTo(first);
    assertThat(bytes("d", Decays.STRESS, 1)).isNotEqualTo(first);
  }

  private byte[] bytes(String name, Decays decays, long seed) throws IOException {
    SyntheticCheckpoint.write(folder.resolve(name), SyntheticShape.of("tiny"), decays, DType.F32, seed);
    return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
  }

  @ParameterizedTest
  @CsvSource({
    "tiny, 2, 8, 0.25",
    "small, 4, 16, 2.6",
    "130m, 24, 24, 129",
    "370m, 48, 32, 368",
    "780m, 48, 48, 780",
    "1.3b, 48, 64, 1344",
    "2.7b, 64, 80, 2702"
  })
  void sizesAreThoseOfThePublishedModels(String name, int layers, int heads, double millions) {
    SyntheticShape shape = SyntheticShape.of(name);

    double matrices =
        (double) shape.layers() * shape.hidden() * (shape.projectionRows() + shape.inner())
            + (double) shape.vocabulary() * shape.hidden();

    assertThat(shape.layers()).isEqualTo(layers);
    assertThat(shape.heads()).isEqualTo(heads);
    if (shape.hidden() >= 768) {
      assertThat(matrices / 1e6).isBetween(0.99 * millions, 1.01 * millions);
    }
  }

  @ParameterizedTest
  @CsvSource({"tiny, F32", "tiny, BF16", "small, BF16", "2.7b, BF16"})
  void opensAndPredictsFiniteLogits(String size, DType dtype) {
    SyntheticShape shape = SyntheticShape.of(size).withLayers(2).withVocabulary(128);
    SyntheticCheckpoint.write(folder, shape, Decays.STRESS, dtype, 3);

    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Mamba2Config config = checkpoint.config();
      assertThat(config.projectionRows()).isEqualTo(shape.projectionRows());
      assertThat(config.tied()).isTrue();
      FloatModel.of(checkpoint)
          .start()
          .append(
              new int[] {1, 2, 3},
              (position, logits) -> {
                double sum = 0;
                for (float logit : logits) {
                  sum += (double) logit * logit;
                }
                assertThat(sum).isFinite().isPositive();
              });
    }
  }

  @Test
  void stressSpansSlowAndFastHeads() {
    SyntheticCheckpoint.write(folder, SyntheticShape.of("small"), Decays.STRESS, DType.F32, 5);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      double[] medians = medianLosses(checkpoint, 1);

      assertThat(Arrays.stream(medians).min().orElseThrow()).isBetween(0.5e-4, 2e-4);
      assertThat(Arrays.stream(medians).max().orElseThrow()).isBetween(0.99, 1.0);
      assertThat(Arrays.stream(medians).filter(loss -> loss < 0.1).count()).isGreaterThan(medians.length / 2);
    }
  }

  /** The median of 1 - decay over 256 tokens, for each head of a layer. */
  private static double[] medianLosses(Checkpoint checkpoint, int layer) {
    ModelWeights weights = ModelWeights.of(checkpoint);
    float[] aLog = weights.layers().get(layer).aLog();
    double[] medians = new double[aLog.length];
    LayerProbe probe =
        new LayerProbe() {
          @Override
          public void timeStep(int tokens, float[] dt) {
            for (int h = 0; h < aLog.length; h++) {
              double[] losses = new double[tokens];
              for (int t = 0; t < tokens; t++) {
                losses[t] = -Math.expm1(-dt[t * aLog.length + h] * Math.exp(aLog[h]));
              }
              Arrays.sort(losses);
              medians[h] = losses[tokens / 2];
            }
          }
        };
    int[] text = new SplittableRandom(1).ints(256, 0, weights.config().vocabularySize()).toArray();
    new FloatModel(weights, l -> l == layer ? probe : null).start().append(text, null);
    return medians;
  }
}
