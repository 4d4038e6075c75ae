package io.github.lightmamba.perplexity;

/**
 * How far a model is from a reference, on the same windows.
 *
 * @param reference the score of the reference
 * @param other the score of the other model
 * @param divergence the Kullback-Leibler divergence from reference to other, in nats, a token
 * @param agreement the share of tokens after which both put the same token first, 0 to 1; ties go to the lowest index
 * @param perplexityRatio the other's perplexity over the reference's; the error is that of the paired difference
 */
public record Comparison(
    Score reference, Score other, Estimate divergence, Estimate agreement, Estimate perplexityRatio) {}
