package io.github.lightmamba.perplexity;

/**
 * How well a model predicts a text.
 *
 * @param windows the number of windows
 * @param windowTokens the tokens scored in each
 * @param negativeLogLikelihood of the true next token, in nats
 */
public record Score(int windows, int windowTokens, Estimate negativeLogLikelihood) {
  /** Returns the exponential of the mean negative log likelihood, with its standard error. */
  public Estimate perplexity() {
    return negativeLogLikelihood.exponential();
  }
}
