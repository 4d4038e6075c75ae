package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.vitis.TimingSummary;
import io.github.lightmamba.xclbin.ClockFrequency;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The clock of the kernels that a link reached: the one that is set, or, if its paths are slower, the one they allow.
 *
 * @param megahertz its frequency
 * @param source where that was read: the xclbin, the log, or the slack of the timing summary
 */
record AchievedClock(double megahertz, String source) {
  /** Files hold whole MHz, rounded down. */
  private static final double TOLERANCE_MHZ = 1;

  private static final double NANOSECONDS = 1000;

  /**
   * Finds it.
   *
   * @param folder what the link left
   * @param product its main file
   * @param asked the clock that was asked for, in MHz
   * @throws LightMambaException {@link ErrorCode#REPORT_UNREADABLE} if nothing tells it: a missed clock is no error of
   *     v++, so it is never taken for granted
   */
  static AchievedClock of(Path folder, String product, int asked) throws IOException {
    Optional<AchievedClock> set = set(folder, product);
    Optional<AchievedClock> sustained = sustained(folder, asked);
    if (set.isEmpty() && sustained.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.REPORT_UNREADABLE,
          "Neither the xclbin nor the log nor a timing summary in " + folder + " tells the clock that was reached.",
          "look at the log of the link; a clock that nobody checked is not taken for good.");
    }
    // A clock that was not lowered although its paths are too slow: v++ lets that pass with some options.
    boolean faster =
        set.isPresent() && sustained.isPresent()
            && set.get().megahertz > sustained.get().megahertz + TOLERANCE_MHZ;
    return set.isEmpty() || faster ? sustained.get() : set.get();
  }

  /** Returns the clock that the kernels get. */
  private static Optional<AchievedClock> set(Path folder, String product) throws IOException {
    if (product.endsWith(".xclbin")) {
      Xclbin xclbin = Xclbin.read(folder.resolve(product));
      for (ClockFrequency clock : xclbin.clocks()) {
        if (clock.type() == ClockFrequency.Type.DATA) {
          return Optional.of(new AchievedClock(clock.megahertz(), "xclbin, CLOCK_FREQ_TOPOLOGY"));
        }
      }
    }
    StepRecord record = Json.read(folder.resolve(StepRecord.FILE), StepRecord.class);
    for (StepRecord.Clock clock : record.clocks()) {
      if (clock.role().equals("DATA")) {
        return Optional.of(new AchievedClock(clock.megahertz(), "log, [v++ 60-1230]"));
      }
    }
    return Optional.empty();
  }

  /** Returns the clock that the slowest path allows; its slack is against the clock that was asked for. */
  private static Optional<AchievedClock> sustained(Path folder, int asked) {
    OptionalDouble slack =
        TimingSummary.find(folder.resolve(Step.REPORTS))
            .map(TimingSummary::read)
            .map(TimingSummary::wns)
            .orElse(OptionalDouble.empty());
    if (slack.isEmpty()) {
      return Optional.empty();
    }
    double reached =
        slack.getAsDouble() >= 0 ? asked : NANOSECONDS / (NANOSECONDS / asked - slack.getAsDouble());
    return Optional.of(new AchievedClock(reached, "timing summary, worst slack " + slack.getAsDouble() + " ns"));
  }

  /** Returns that of an emulation, which has none of its own. */
  static AchievedClock emulated(int asked) {
    return new AchievedClock(asked, "none: an emulation has no timing");
  }

  /** Returns whether it is the clock that was asked for. */
  boolean meets(int asked) {
    return megahertz >= asked - TOLERANCE_MHZ;
  }
}
