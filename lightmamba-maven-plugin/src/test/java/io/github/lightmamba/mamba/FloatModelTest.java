package io.github.lightmamba.mamba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.LightMambaException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The float model, on tiny checkpoints of every variant,")
class FloatModelTest {
  /** The requirement; float32 sums of a hundred terms of size one stay a factor of ten below. */
  private static final double TOLERANCE = 1e-4;

  @ParameterizedTest
  @ValueSource(strings = {"mamba2-tied", "mamba2-groups", "mamba2-limits"})
  @DisplayName("has the logits of transformers")
  void goldenLogits(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
      FloatModel model = FloatModel.of(checkpoint);
      for (Golden.Sequence golden : Golden.sequences(Golden.folder(name))) {
        float[] logits = Golden.logits(model, golden.tokens(), golden.tokens().length);
        double difference = Golden.largestDifference(logits, golden.logits());
        assertThat(difference).as("largest difference").isLessThan(TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mamba2-tied", "mamba2-groups", "mamba2-limits"})
  @DisplayName("has the same bits however the tokens are cut into calls")
  void batchedEqualsStepwise(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
      FloatModel model = FloatModel.of(checkpoint);
      int[] tokens = Golden.sequences(Golden.folder(name))[0].tokens();
      float[] whole = Golden.logits(model, tokens, tokens.length);
      for (int step : new int[] {1, 2, 5, 16}) {
        assertThat(Golden.logits(model, tokens, step)).as("calls of %d", step).isEqualTo(whole);
      }
    }
  }

  @Test
  @DisplayName("has the same bits on one thread and on five")
  void independentOfThreads() throws Exception {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("mamba2-groups"))) {
      FloatModel model = FloatModel.of(checkpoint);
      int[] tokens = Golden.sequences(Golden.folder("mamba2-groups"))[1].tokens();
      float[] expected = Golden.logits(model, tokens, tokens.length);
      for (int threads : new int[] {1, 5}) {
        // A parallel stream that starts inside a pool runs in that pool.
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
          float[] logits = pool.submit(() -> Golden.logits(model, tokens, tokens.length)).get();
          assertThat(logits).as("%d threads", threads).isEqualTo(expected);
        } finally {
          pool.shutdown();
        }
      }
    }
  }

  @Test
  @DisplayName("refuses a token outside the vocabulary before it changes the state")
  void refusesForeignToken() {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("mamba2-tied"))) {
      LanguageModel.Sequence sequence = FloatModel.of(checkpoint).start();
      assertThatThrownBy(() -> sequence.append(new int[] {3, 128}, null))
          .isInstanceOf(LightMambaException.class)
          .hasMessageContaining("token 128 is outside the vocabulary of 128");
      List<Integer> positions = new ArrayList<>();
      sequence.append(new int[] {3}, (position, logits) -> positions.add(position));
      assertThat(positions).containsExactly(0);
    }
  }

  @Test
  @DisplayName("shows a probe values that fit together: the gate, the norm over the whole width, the residual")
  void probeIsConsistent() {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("mamba2-groups"))) {
      Map<String, float[]> seen = new HashMap<>();
      LayerProbe probe =
          new LayerProbe() {
            @Override
            public void gate(int tokens, float[] z) {
              seen.put("z", z.clone());
            }

            @Override
            public void scanOutput(int tokens, float[] y) {
              seen.put("y", y.clone());
            }

            @Override
            public void gated(int tokens, float[] gated) {
              seen.put("gated", gated.clone());
            }

            @Override
            public void outProjInput(int tokens, float[] normalised) {
              seen.put("normalised", normalised.clone());
            }
          };
      new FloatModel(ModelWeights.of(checkpoint), layer -> layer == 2 ? probe : null)
          .start()
          .append(new int[] {5, 17, 80, 2}, null);
      float[] weight = checkpoint.layer(2).gatedNorm();
      int inner = weight.length;
      for (int t = 0; t < 4; t++) {
        double squares = 0;
        for (int i = t * inner; i < (t + 1) * inner; i++) {
          double z = seen.get("z")[i];
          double gated = seen.get("y")[i] * z / (1 + Math.exp(-z));
          // Two roundings of float32: silu and the product.
          assertThat((double) seen.get("gated")[i]).isCloseTo(gated, within(Math.abs(gated) * 0x1p-22));
          squares += gated * gated;
        }
        double scale = 1 / Math.sqrt(squares / inner + 1e-5);
        for (int i = 0; i < inner; i++) {
          double expected = seen.get("gated")[t * inner + i] * scale * weight[i];
          // Three roundings more: the scale and two products.
          assertThat((double) seen.get("normalised")[t * inner + i])
              .isCloseTo(expected, within(Math.abs(expected) * 0x1p-21));
        }
      }
    }
  }

  @Test
  @DisplayName("shows a probe what flows inside a block")
  void probe() {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("mamba2-limits"))) {
      List<String> seen = new ArrayList<>();
      LayerProbe probe =
          new LayerProbe() {
            @Override
            public void convInput(int tokens, float[] xbc) {
              seen.add("convInput " + xbc.length / tokens);
            }

            @Override
            public void timeStep(int tokens, float[] dt) {
              for (float value : dt) {
                assertThat(value).isBetween(0.01f, 0.2f);
              }
              seen.add("timeStep " + dt.length / tokens);
            }

            @Override
            public void outProjInput(int tokens, float[] normalised) {
              seen.add("outProjInput " + normalised.length / tokens);
            }
          };
      FloatModel model = new FloatModel(ModelWeights.of(checkpoint), layer -> layer == 1 ? probe : null);
      model.start().append(new int[] {1, 2, 3}, null);
      // 4 heads of 16 and one group of 16 states: 64 + 2 * 16 channels.
      assertThat(seen).containsExactlyInAnyOrder("convInput 96", "timeStep 4", "outProjInput 64");
    }
  }
}
