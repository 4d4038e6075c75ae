package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.pipeline.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The clock that a link reached")
class AchievedClockTest {
  private static final int ASKED = 250;

  @TempDir private Path root;

  @ParameterizedTest(name = "set {0} MHz, slack {1} ns")
  @CsvSource({
    "250,0.010,250,false",
    "249.9,0.000,249.9,false",
    "225,-0.370,225,false", // Lowered as far as the paths need.
    "228.9,-0.370,228.9,false", // Numbers of the log and of the report are rounded.
    "240,-0.370,228.83,true", // Not far enough.
    "250,-0.069,245.77,true",
    "250,-0.001,249.94,true",
    "0,-0.069,245.77,true", // Fixed: the log tells none.
    "0,0.010,250,false",
    "225,none,225,false"
  })
  @DisplayName("is violated where it is faster than the paths allow")
  void violated(double set, String slack, double reached, boolean violated) throws IOException {
    List<StepRecord.Clock> clocks = set > 0 ? List.of(new StepRecord.Clock("DATA", "kernel", set)) : List.of();
    link(clocks, slack);
    AchievedClock clock = AchievedClock.of(root, "x.xsa", ASKED);
    assertThat(clock.megahertz()).isEqualTo(reached, within(0.01));
    assertThat(clock.violated()).isEqualTo(violated);
    assertThat(clock.meets(ASKED)).isEqualTo(!violated && reached > 249);
  }

  @Test
  @DisplayName("is not guessed where nothing tells it, also without a folder of reports")
  void unknown() throws IOException {
    link(List.of(), "none");
    assertThatThrownBy(() -> AchievedClock.of(root, "x.xsa", ASKED)).hasMessageStartingWith("LM-VITIS-004");
  }

  @Test
  @DisplayName("is better than a faster one that is violated")
  void better() {
    AchievedClock slow = new AchievedClock(200, "", false);
    AchievedClock fast = new AchievedClock(240, "", false);
    AchievedClock violated = new AchievedClock(245, "", true);
    assertThat(slow.betterThan(violated)).isTrue();
    assertThat(violated.betterThan(slow)).isFalse();
    assertThat(fast.betterThan(slow)).isTrue();
    assertThat(slow.betterThan(fast)).isFalse();
  }

  private void link(List<StepRecord.Clock> clocks, String slack) throws IOException {
    Json.write(
        root.resolve(StepRecord.FILE),
        new StepRecord("link", "here", 1, List.of(), 0, 0, true, List.of(), clocks, List.of()));
    if (!slack.equals("none")) {
      String verdict =
          slack.startsWith("-")
              ? "Timing constraints are not met."
              : "All user specified timing constraints are met.";
      Files.writeString(
          Files.createDirectories(root.resolve(Step.REPORTS)).resolve("impl_1_timing_summary_routed.rpt"),
          "| Design Timing Summary\n| ---------\n\n    WNS(ns)      TNS(ns)\n    -------      -------\n      " + slack
              + "        0.000\n\n" + verdict + "\n");
    }
  }
}
