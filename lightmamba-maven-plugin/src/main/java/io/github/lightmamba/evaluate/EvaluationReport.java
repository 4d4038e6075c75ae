package io.github.lightmamba.evaluate;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.lightmamba.perplexity.Comparison;
import io.github.lightmamba.perplexity.Estimate;

/**
 * {@code evaluation/report.json}: the columns of llama-perplexity, each with its standard error over windows.
 *
 * @param scheme of the quantized model
 * @param perplexity on the evaluation text
 * @param perplexityRatio quantized over float; its error is that of the paired difference
 * @param klDivergence from float to quantized, nats a token
 * @param top1Agreement share of tokens after which both put the same token first
 * @param windows number of windows
 * @param windowTokens tokens scored a window
 * @param kind how the figures came about
 */
record EvaluationReport(
    String scheme,
    Perplexities perplexity,
    Figure perplexityRatio,
    Figure klDivergence,
    Figure top1Agreement,
    int windows,
    int windowTokens,
    String kind) {

  /**
   * A mean and its standard error; one window has none.
   *
   * @param value the mean
   * @param standardError null for a single window
   */
  record Figure(double value, Double standardError) {
    static Figure of(Estimate estimate) {
      return new Figure(estimate.mean(), Double.isNaN(estimate.standardError()) ? null : estimate.standardError());
    }
  }

  /**
   * Both perplexities.
   *
   * @param original of the float model
   * @param quantized of the integer model
   */
  record Perplexities(@JsonProperty("float") Figure original, Figure quantized) {}

  static EvaluationReport of(String scheme, Comparison comparison) {
    return new EvaluationReport(
        scheme,
        new Perplexities(Figure.of(comparison.reference().perplexity()), Figure.of(comparison.other().perplexity())),
        Figure.of(comparison.perplexityRatio()),
        Figure.of(comparison.divergence()),
        Figure.of(comparison.agreement()),
        comparison.other().windows(),
        comparison.other().windowTokens(),
        "measured");
  }
}
