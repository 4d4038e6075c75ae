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
 * @param violated whether the kernels get a faster one, so that they compute wrongly: it was not lowered, not far
 *     enough, or it is fixed
 */
record AchievedClock(double megahertz, String source, boolean violated) {
  /** Files hold whole MHz, rounded down. */
  static final double TOLERANCE_MHZ = 1;

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
    OptionalDouble slack = slack(folder.resolve(Step.REPORTS));
    if (set.isEmpty() && slack.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.REPORT_UNREADABLE,
          "Neither the xclbin nor the log nor a timing summary in " + folder + " tells the clock that was reached.",
          "look at the log of the link; a clock that nobody checked is not taken for good.");
    }
    if (slack.isEmpty() || slack.getAsDouble() >= 0) {
      return set.orElseGet(() -> new AchievedClock(asked, source(slack), false));
    }
    // The slack is against the clock that was asked for, also where v++ lowered it afterwards.
    double sustained = NANOSECONDS / (NANOSECONDS / asked - slack.getAsDouble());
    boolean lowered =
        set.isPresent() && set.get().megahertz < asked && set.get().megahertz <= sustained + TOLERANCE_MHZ;
    return lowered ? set.get() : new AchievedClock(sustained, source(slack), true);
  }

  private static String source(OptionalDouble slack) {
    return "timing summary, worst slack " + slack.getAsDouble() + " ns";
  }

  /** Returns the clock that the kernels get. */
  private static Optional<AchievedClock> set(Path folder, String product) throws IOException {
    if (product.endsWith(".xclbin")) {
      Xclbin xclbin = Xclbin.read(folder.resolve(product));
      for (ClockFrequency clock : xclbin.clocks()) {
        if (clock.type() == ClockFrequency.Type.DATA) {
          return Optional.of(new AchievedClock(clock.megahertz(), "xclbin, CLOCK_FREQ_TOPOLOGY", false));
        }
      }
    }
    StepRecord record = Json.read(folder.resolve(StepRecord.FILE), StepRecord.class);
    for (StepRecord.Clock clock : record.clocks()) {
      if (clock.role().equals("DATA")) {
        return Optional.of(new AchievedClock(clock.megahertz(), "log, [v++ 60-1230]", false));
      }
    }
    return Optional.empty();
  }

  /** Nothing, where it cannot be read either: the link took hours, and the verdict on the build says what is untold. */
  private static OptionalDouble slack(Path reports) {
    Optional<Path> file = TimingSummary.find(reports);
    try {
      return file.isPresent() ? TimingSummary.read(file.get()).wns() : OptionalDouble.empty();
    } catch (LightMambaException e) {
      return OptionalDouble.empty();
    }
  }

  /** Returns that of an emulation, which has none of its own. */
  static AchievedClock emulated(int asked) {
    return new AchievedClock(asked, "none: an emulation has no timing", false);
  }

  /** Returns whether the kernels run at the clock that was asked for. */
  boolean meets(int asked) {
    return !violated && megahertz >= asked - TOLERANCE_MHZ;
  }

  /** Returns whether it is more use than another: one that is violated is none. */
  boolean betterThan(AchievedClock other) {
    return violated == other.violated ? megahertz > other.megahertz : other.violated;
  }
}
