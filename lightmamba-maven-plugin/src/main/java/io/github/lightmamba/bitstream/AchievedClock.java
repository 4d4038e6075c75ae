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
 * The clock of the kernels that a link reached.
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
    if (product.endsWith(".xclbin")) {
      Xclbin xclbin = Xclbin.read(folder.resolve(product));
      for (ClockFrequency clock : xclbin.clocks()) {
        if (clock.type() == ClockFrequency.Type.DATA) {
          return new AchievedClock(clock.megahertz(), "xclbin, CLOCK_FREQ_TOPOLOGY");
        }
      }
    }
    StepRecord record = Json.read(folder.resolve(StepRecord.FILE), StepRecord.class);
    for (StepRecord.Clock clock : record.clocks()) {
      if (clock.role().equals("DATA")) {
        return new AchievedClock(clock.megahertz(), "log, [v++ 60-1230]");
      }
    }
    Optional<Path> report = TimingSummary.find(folder.resolve(Step.REPORTS));
    OptionalDouble slack =
        report.map(TimingSummary::read).map(TimingSummary::wns).orElse(OptionalDouble.empty());
    if (slack.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.REPORT_UNREADABLE,
          "Neither the xclbin nor the log nor a timing summary in " + folder + " tells the clock that was reached.",
          "look at the log of the link; a clock that nobody checked is not taken for good.");
    }
    double reached =
        slack.getAsDouble() >= 0 ? asked : NANOSECONDS / (NANOSECONDS / asked - slack.getAsDouble());
    return new AchievedClock(reached, "timing summary, worst slack " + slack.getAsDouble() + " ns");
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
