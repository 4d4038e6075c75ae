package io.github.lightmamba.report;

/**
 * The magnitudes of one tensor, and what the integer grid behind it tells apart.
 *
 * @param low 1 % are smaller
 * @param lowerQuartile 25 % are smaller
 * @param median half are smaller
 * @param upperQuartile 75 % are smaller
 * @param high 99 % are smaller
 * @param most the largest
 * @param gridLow half a step of the grid in a typical group: what is smaller becomes 0
 * @param gridHigh the end of the grid in a typical group; groups with larger values have a coarser step
 */
public record Distribution(
    double low,
    double lowerQuartile,
    double median,
    double upperQuartile,
    double high,
    double most,
    double gridLow,
    double gridHigh) {

  /**
   * Returns the distribution of counted values.
   *
   * @param values every magnitude
   * @param groupMaxima the largest magnitude of every group that shares a scale
   * @param bits width of the integers, 2 to 16
   */
  public static Distribution of(MagnitudeHistogram values, MagnitudeHistogram groupMaxima, int bits) {
    double end = groupMaxima.quantile(0.5);
    double largest = (1 << (bits - 1)) - 1;
    return new Distribution(
        values.quantile(0.01),
        values.quantile(0.25),
        values.quantile(0.5),
        values.quantile(0.75),
        values.quantile(0.99),
        values.most(),
        end / largest / 2,
        end);
  }
}
