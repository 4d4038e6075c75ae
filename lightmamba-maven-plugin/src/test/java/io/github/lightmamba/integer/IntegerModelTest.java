package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.quantize.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Properties of the integer model that hold whatever its weights are. */
class IntegerModelTest {
  private static final QuantizedModel MODEL = TinyModels.tied();
  private static final int[] TOKENS = TinyModels.tokens(150, MODEL.shape().vocabulary(), 3);

  /** Everything that verification sees, flattened. */
  private static List<int[]> run(int... cuts) {
    List<int[]> seen = new ArrayList<>();
    IntegerModel.Sequence sequence = new IntegerModel(MODEL).start();
    IntegerModel.Trace trace =
        new IntegerModel.Trace() {
          @Override
          public boolean wantsLogits(int position) {
            return true;
          }

          @Override
          public boolean wantsResiduals() {
            return true;
          }

          @Override
          public void residual(int position, int layer, int[] values) {
            seen.add(prefixed(position * 100 + layer, values));
          }

          @Override
          public void logits(int position, int[] values) {
            seen.add(prefixed(position * 100 + 99, values));
          }
        };
    int from = 0;
    for (int cut : cuts) {
      sequence.append(Arrays.copyOfRange(TOKENS, from, cut), trace);
      from = cut;
    }
    sequence.append(Arrays.copyOfRange(TOKENS, from, TOKENS.length), trace);
    seen.sort((a, b) -> Integer.compare(a[0], b[0]));
    return seen;
  }

  private static int[] prefixed(int key, int[] values) {
    int[] result = new int[values.length + 1];
    result[0] = key;
    System.arraycopy(values, 0, result, 1, values.length);
    return result;
  }

  @Test
  void resultsDoNotDependOnHowTokensAreCut() {
    List<int[]> whole = run();
    assertThat(whole).hasSize(TOKENS.length * (MODEL.shape().layers() + 1));
    List<int[]> stepwise = run(IntStream.range(1, TOKENS.length).toArray());
    List<int[]> uneven = run(1, 8, 71, 72);
    for (int i = 0; i < whole.size(); i++) {
      assertThat(stepwise.get(i)).containsExactly(whole.get(i));
      assertThat(uneven.get(i)).containsExactly(whole.get(i));
    }
  }

  @Test
  void logitsFollowTheFloatModel() {
    List<float[]> expected = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(TinyModels.TIED)) {
      FloatModel.of(checkpoint).start().append(TOKENS, (position, logits) -> expected.add(logits.clone()));
    }
    double signal = 0;
    double noise = 0;
    List<float[]> actual = new ArrayList<>();
    LanguageModel integers = new IntegerLanguageModel(new IntegerModel(MODEL));
    integers.start().append(TOKENS, (position, logits) -> actual.add(logits.clone()));
    for (int t = 0; t < TOKENS.length; t++) {
      for (int v = 0; v < expected.get(t).length; v++) {
        signal += Math.pow(expected.get(t)[v], 2);
        noise += Math.pow(expected.get(t)[v] - actual.get(t)[v], 2);
      }
    }
    // One rounding to 8 bits leaves about 40 dB; some ten of them in a row leave 30, and random weights have no
    // redundancy that would hide the rest. A wrong scale anywhere leaves less than 10.
    assertThat(10 * Math.log10(signal / noise)).isGreaterThan(20);
  }

  @Test
  void aSaturationIsCounted() {
    QuantizedModel loud =
        new QuantizedModel(
            MODEL.shape(), MODEL.activationBits(), MODEL.activationGroup(), MODEL.embedding(), MODEL.embeddingShift() - 12, MODEL.epsilon(),
            MODEL.dtLow(),
            MODEL.dtHigh(), MODEL.layers(), MODEL.head(), MODEL.hadamard());
    IntegerModel model = new IntegerModel(loud);
    model.start().append(TOKENS, IntegerModel.Trace.NONE);
    assertThat(model.saturations().counts().get("residual")).isPositive();
    IntegerModel quiet = new IntegerModel(MODEL);
    quiet.start().append(TOKENS, IntegerModel.Trace.NONE);
    assertThat(quiet.saturations().counts().values()).containsOnly(0L);
  }

  @Test
  void theLowestIndexWinsATie() {
    assertThat(IntegerModel.argmax(new int[] {3, 7, 7, 1})).isEqualTo(1);
  }
}
