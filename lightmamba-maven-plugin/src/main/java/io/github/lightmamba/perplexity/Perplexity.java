package io.github.lightmamba.perplexity;

import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.mamba.LanguageModel.Sequence;
import io.github.lightmamba.progress.Progress;

/**
 * Scores models on windows of a text.
 *
 * <p>Windows are read one after the other, each by all cores; the result does not depend on their number.
 */
public final class Perplexity {
  /** Tokens that two models read in turn when they are compared; bounds the logits that are kept. */
  static final int TURN_TOKENS = 256;

  private Perplexity() {}

  /**
   * Scores one model.
   *
   * @param progress is advanced by tokens; the caller starts the phase of {@code count * length} units
   */
  public static Score of(LanguageModel model, EvaluationWindows windows, Progress progress) {
    double[] losses = new double[windows.count()];
    for (int w = 0; w < losses.length; w++) {
      int window = w;
      Sequence sequence = model.start();
      for (int start = 0; start < windows.length(); start += TURN_TOKENS) {
        int count = Math.min(TURN_TOKENS, windows.length() - start);
        sequence.append(
            windows.read(w, start, count),
            (position, logits) ->
                losses[window] += logSumExp(logits) - logits[windows.next(window, position)]);
        progress.advance(count);
      }
      losses[w] /= windows.length();
    }
    return new Score(windows.count(), windows.length(), Estimate.of(losses));
  }

  /**
   * Compares a model with a reference of the same vocabulary.
   *
   * @param progress is advanced by tokens; the caller starts the phase of {@code count * length} units
   */
  public static Comparison compare(
      LanguageModel reference, LanguageModel other, EvaluationWindows windows, Progress progress) {
    if (reference.vocabularySize() != other.vocabularySize()) {
      throw new IllegalArgumentException(
          "vocabularies of " + reference.vocabularySize() + " and " + other.vocabularySize() + " tokens");
    }
    Tally tally = new Tally(windows);
    for (int w = 0; w < windows.count(); w++) {
      int window = w;
      Sequence first = reference.start();
      Sequence second = other.start();
      for (int start = 0; start < windows.length(); start += TURN_TOKENS) {
        int count = Math.min(TURN_TOKENS, windows.length() - start);
        int turn = start;
        int[] tokens = windows.read(w, start, count);
        float[][] expected = new float[count][];
        first.append(tokens, (position, logits) -> expected[position - turn] = logits.clone());
        second.append(
            tokens, (position, logits) -> tally.add(window, position, expected[position - turn], logits));
        progress.advance(count);
      }
    }
    return tally.comparison();
  }

  /** Returns {@code log(sum(exp(logits)))}, computed so that it cannot overflow. */
  static double logSumExp(float[] logits) {
    float max = logits[largest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp((double) logit - max);
    }
    return max + StrictMath.log(sum);
  }

  /** Returns the index of the largest value, the lowest one on ties. */
  static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Sums up, window by window. */
  private static final class Tally {
    private final EvaluationWindows windows;
    private final double[] referenceLoss;
    private final double[] otherLoss;
    private final double[] divergence;
    private final double[] agreement;

    Tally(EvaluationWindows windows) {
      this.windows = windows;
      this.referenceLoss = new double[windows.count()];
      this.otherLoss = new double[windows.count()];
      this.divergence = new double[windows.count()];
      this.agreement = new double[windows.count()];
    }

    void add(int window, int position, float[] expected, float[] found) {
      double share = 1.0 / windows.length();
      int next = windows.next(window, position);
      double expectedTotal = logSumExp(expected);
      double foundTotal = logSumExp(found);
      referenceLoss[window] += share * (expectedTotal - expected[next]);
      otherLoss[window] += share * (foundTotal - found[next]);
      double sum = 0;
      for (int i = 0; i < expected.length; i++) {
        double logP = expected[i] - expectedTotal;
        sum += StrictMath.exp(logP) * (logP - (found[i] - foundTotal));
      }
      divergence[window] += share * sum;
      agreement[window] += largest(expected) == largest(found) ? share : 0;
    }

    Comparison comparison() {
      double[] difference = new double[windows.count()];
      for (int w = 0; w < difference.length; w++) {
        difference[w] = otherLoss[w] - referenceLoss[w];
      }
      return new Comparison(
          score(referenceLoss),
          score(otherLoss),
          Estimate.of(divergence),
          Estimate.of(agreement),
          Estimate.of(difference).exponential());
    }

    private Score score(double[] losses) {
      return new Score(windows.count(), windows.length(), Estimate.of(losses));
    }
  }
}
