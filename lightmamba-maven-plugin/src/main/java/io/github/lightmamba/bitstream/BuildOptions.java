package io.github.lightmamba.bitstream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a build is asked for, besides board and kernels.
 *
 * @param target what it is for
 * @param frequencyMhz clock of the kernels, or 0: that of the generated design
 * @param strategies of the implementation, tried in this order; {@link #DEFAULT_STRATEGY} is that of the tool
 * @param jobs compilations at a time, and jobs of Vivado in a link; from 1
 * @param timeout how long a step may run
 * @param retries how often a step is run again after a failure that passes by itself: a licence, a full disk
 * @param pause before such a retry; twice as long before the next
 * @param vppOptions words that are added to the commands
 * @param sysroot of the board's Linux, or nothing
 * @param rootfs of the board's Linux, or nothing
 * @param kernelImage of the board's Linux, or nothing
 * @param sdFiles files that the SD card carries besides, with different names; none on a card
 * @param timingPolicy what happens if the clock is missed
 * @param standInAccepted whether the tests' stand-in may take the place of Vitis
 */
public record BuildOptions(
    BuildTarget target,
    int frequencyMhz,
    List<String> strategies,
    int jobs,
    Duration timeout,
    int retries,
    Duration pause,
    VppOptions vppOptions,
    Optional<Path> sysroot,
    Optional<Path> rootfs,
    Optional<Path> kernelImage,
    List<Path> sdFiles,
    TimingPolicy timingPolicy,
    boolean standInAccepted) {
  /** The name of what the tool does if nobody chooses a strategy. */
  public static final String DEFAULT_STRATEGY = "default";

  /** Copies the lists. */
  public BuildOptions {
    strategies = List.copyOf(strategies);
    sdFiles = List.copyOf(sdFiles);
    if (strategies.isEmpty() || jobs < 1) {
      throw new IllegalArgumentException("a build needs a strategy and a job");
    }
  }
}
