package io.github.lightmamba.report;

/**
 * Counts magnitudes in bins of an eighth of an octave, so that quantiles of any number of values take 5 KiB.
 *
 * <p>A quantile is right within 5 %; the largest value is exact. Not thread-safe.
 */
public final class MagnitudeHistogram {
  private static final int BINS_PER_OCTAVE = 8;
  private static final int OCTAVES = 80;
  private static final int LOWEST_OCTAVE = -40;

  private final long[] bins = new long[BINS_PER_OCTAVE * OCTAVES];
  private long count;
  private double most;

  /** Creates an empty histogram. */
  public MagnitudeHistogram() {}

  /**
   * Counts the magnitude of a value; those below 2^-40, zero too, count as 2^-40, those from 2^40 on as 2^40.
   *
   * @param value finite
   */
  public void add(double value) {
    double magnitude = Math.abs(value);
    bins[bin(magnitude)]++;
    count++;
    most = Math.max(most, magnitude);
  }

  /** The exponent is exact, and the place inside the octave is linear: no logarithm for each value. */
  private static int bin(double magnitude) {
    int exponent = Math.getExponent(magnitude);
    if (exponent < LOWEST_OCTAVE) {
      return 0;
    }
    if (exponent >= LOWEST_OCTAVE + OCTAVES) {
      return BINS_PER_OCTAVE * OCTAVES - 1;
    }
    int part = (int) ((Math.scalb(magnitude, -exponent) - 1) * BINS_PER_OCTAVE);
    return (exponent - LOWEST_OCTAVE) * BINS_PER_OCTAVE + part;
  }

  /** Returns how many values were counted. */
  public long count() {
    return count;
  }

  /** Returns the largest magnitude, 0 if there is none. */
  public double most() {
    return most;
  }

  /**
   * Returns the middle of the bin that the quantile falls into, at most {@link #most}; 0 if nothing was counted.
   *
   * @param part from 0 to 1
   */
  public double quantile(double part) {
    long rank = (long) Math.floor(part * (count - 1));
    long seen = 0;
    for (int bin = 0; bin < bins.length; bin++) {
      seen += bins[bin];
      if (seen > rank && count > 0) {
        double middle = 1 + (bin % BINS_PER_OCTAVE + 0.5) / BINS_PER_OCTAVE;
        return Math.min(most, Math.scalb(middle, bin / BINS_PER_OCTAVE + LOWEST_OCTAVE));
      }
    }
    return 0;
  }
}
