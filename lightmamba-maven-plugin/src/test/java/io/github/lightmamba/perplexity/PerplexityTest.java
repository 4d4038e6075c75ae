package io.github.lightmamba.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.progress.Progress;
import java.util.Random;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Perplexity")
class PerplexityTest {
  private static final int VOCABULARY = 11;
  private static final double EXACT = 1e-9;

  @Test
  @DisplayName("scores every next token once, each window from the zero state")
  void positions() {
    int[] tokens = ids(5, 300 * 2 + 1);
    EvaluationWindows windows = new EvaluationWindows(tokens, 2, 300);
    // Logits depend on the token just read and on the position, so a shift by one or a kept state shows.
    Score score = Perplexity.of(table(1), windows, Progress.SILENT);
    double[] losses = new double[2];
    for (int w = 0; w < 2; w++) {
      for (int i = 0; i < 300; i++) {
        double[] p = probabilities(row(1, tokens[w * 300 + i], i));
        losses[w] -= Math.log(p[tokens[w * 300 + i + 1]]) / 300;
      }
    }
    double mean = (losses[0] + losses[1]) / 2;
    assertThat(score.negativeLogLikelihood().mean()).isCloseTo(mean, within(EXACT));
    // The sample standard deviation of two values is |a - b| / sqrt(2), its error that over sqrt(2) again.
    double error = Math.abs(losses[0] - losses[1]) / 2;
    assertThat(score.negativeLogLikelihood().standardError()).isCloseTo(error, within(EXACT));
    assertThat(score.perplexity().mean()).isCloseTo(Math.exp(mean), within(EXACT));
    assertThat(score.perplexity().standardError()).isCloseTo(Math.exp(mean) * error, within(EXACT));
  }

  @Test
  @DisplayName("comparison gives divergence, agreement and the ratio of perplexities")
  void comparison() {
    int[] tokens = ids(6, 3 * 200 + 1);
    EvaluationWindows windows = new EvaluationWindows(tokens, 3, 200);
    Comparison comparison = Perplexity.compare(table(1), table(2), windows, Progress.SILENT);
    double divergence = 0;
    double agreement = 0;
    for (int i = 0; i < 600; i++) {
      double[] p = probabilities(row(1, tokens[i], i % 200));
      double[] q = probabilities(row(2, tokens[i], i % 200));
      int bestP = 0;
      int bestQ = 0;
      for (int k = 0; k < p.length; k++) {
        divergence += p[k] * Math.log(p[k] / q[k]) / 600;
        bestP = p[k] > p[bestP] ? k : bestP;
        bestQ = q[k] > q[bestQ] ? k : bestQ;
      }
      agreement += bestP == bestQ ? 1.0 / 600 : 0;
    }
    assertThat(comparison.divergence().mean()).isCloseTo(divergence, within(EXACT));
    assertThat(comparison.divergence().standardError()).isPositive();
    assertThat(comparison.agreement().mean()).isCloseTo(agreement, within(EXACT)).isBetween(0.05, 0.95);
    Score reference = Perplexity.of(table(1), windows, Progress.SILENT);
    Score other = Perplexity.of(table(2), windows, Progress.SILENT);
    assertThat(comparison.reference().perplexity().mean()).isCloseTo(reference.perplexity().mean(), within(EXACT));
    assertThat(comparison.perplexityRatio().mean())
        .isCloseTo(other.perplexity().mean() / reference.perplexity().mean(), within(EXACT));
  }

  @Test
  @DisplayName("of a model against itself is: no divergence, full agreement, ratio 1")
  void itself() {
    EvaluationWindows windows = new EvaluationWindows(ids(7, 101), 2, 50);
    Comparison comparison = Perplexity.compare(table(1), table(1), windows, Progress.SILENT);
    assertThat(comparison.divergence()).isEqualTo(new Estimate(0, 0));
    assertThat(comparison.agreement().mean()).isCloseTo(1, within(EXACT));
    assertThat(comparison.perplexityRatio()).isEqualTo(new Estimate(1, 0));
  }

  @Test
  @DisplayName("does not overflow on large logits")
  void largeLogits() {
    assertThat(Perplexity.logSumExp(new float[] {1e30f, 1e30f})).isEqualTo(1e30f + Math.log(2));
    assertThat(Perplexity.logSumExp(new float[] {-1e5f, -1e5f})).isCloseTo(-1e5 + Math.log(2), within(1e-6));
  }

  @Test
  @DisplayName("needs a text that is one token longer than its windows")
  void shortText() {
    assertThatThrownBy(() -> new EvaluationWindows(new int[1024], 2, 512))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("has 1024 tokens, 2 windows of 512 need 1025");
    assertThat(new EvaluationWindows(new int[1025], 2, 512).count()).isEqualTo(2);
    assertThatThrownBy(() -> new EvaluationWindows(new int[10], 0, 5)).hasMessageContaining("windows is 0");
  }

  private static float[] row(int seed, int token, int position) {
    Random random = new Random(seed * 1_000_003L + token * 1009L + position);
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (float) (2 * random.nextGaussian());
    }
    return logits;
  }

  private static double[] probabilities(float[] logits) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i]);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static LanguageModel table(int seed) {
    return new LanguageModel() {
      @Override
      public int vocabularySize() {
        return VOCABULARY;
      }

      @Override
      public Sequence start() {
        int[] position = new int[1];
        return (tokens, sink) -> {
          for (int token : tokens) {
            sink.accept(position[0], row(seed, token, position[0]));
            position[0]++;
          }
        };
      }
    };
  }

  private static int[] ids(long seed, int count) {
    return new Random(seed).ints(count, 0, VOCABULARY).toArray();
  }
}
