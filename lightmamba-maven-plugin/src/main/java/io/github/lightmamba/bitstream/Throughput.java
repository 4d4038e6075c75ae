package io.github.lightmamba.bitstream;

import java.util.Map;

/** Estimates what the model that the kernels were generated for reaches on them. */
@FunctionalInterface
public interface Throughput {
  /** Knows nothing. */
  Throughput UNKNOWN = megahertz -> Map.of();

  /**
   * Estimates.
   *
   * @param megahertz clock of the kernels
   * @return values by name, each with its unit: {@code tokens/s}, {@code GB/s}; empty, if they cannot be estimated
   */
  Map<String, Double> at(int megahertz);
}
