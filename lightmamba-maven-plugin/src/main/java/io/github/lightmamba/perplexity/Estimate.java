package io.github.lightmamba.perplexity;

/**
 * A mean over windows.
 *
 * @param mean the mean of the windows' means; windows are equally long, so it is the mean over all tokens too
 * @param standardError the sample standard deviation over windows divided by the root of their number; NaN for one
 *     window, which says nothing about the spread
 */
public record Estimate(double mean, double standardError) {
  /** Takes the mean of one value for each window. */
  static Estimate of(double[] windows) {
    double sum = 0;
    for (double value : windows) {
      sum += value;
    }
    double mean = sum / windows.length;
    double squares = 0;
    for (double value : windows) {
      squares += (value - mean) * (value - mean);
    }
    double variance = windows.length > 1 ? squares / (windows.length - 1) : Double.NaN;
    return new Estimate(mean, Math.sqrt(variance / windows.length));
  }

  /** Returns the estimate of the exponential, with the error carried over to first order. */
  Estimate exponential() {
    double value = Math.exp(mean);
    return new Estimate(value, value * standardError);
  }
}
