package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.TestTicker;
import io.github.lightmamba.vitis.LogDigest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The voice of a step")
class StepVoiceTest {
  private final List<String> out = new ArrayList<>();
  private final TestTicker ticker = new TestTicker();
  private long nanos;

  @Test
  @DisplayName("says at a terminal what goes on now, and leaves a line of each phase and task that is done")
  void terminal() {
    try (StepVoice voice = voice(true)) {
      LogDigest log = new LogDigest(voice);
      say(log, 1, "[10:00:00] Run vpl: Step synth: Started");
      say(log, 600, "[10:10:00] Block-level synthesis in progress, 3 of 9 jobs complete, 2 jobs running.");
      say(log, 600, "[10:20:00] Run vpl: Step synth: Completed");
      say(log, 0, "[10:20:00] Run vpl: Step impl: Started");
      say(log, 1800, "[10:50:00] Finished 2nd of 6 tasks (FPGA logic optimization). Elapsed time: 00h 30m 00s");
      nanos += 7_200_000_000_000L;
      ticker.tick();
      voice.done(9000);
    }
    assertThat(out)
        .filteredOn(line -> !line.equals("\r\033[K"))
        .containsExactly(
            "\r\033[Klink: 0:00:01, synth started",
            "\r\033[Klink: 0:10:01, 3 of 9 jobs of synthesis done",
            "link: synth completed, 20 min 01 s",
            "\r\033[Klink: 0:20:01, synth completed",
            "\r\033[Klink: 0:20:01, impl started",
            "link: task 2 of 6 done, FPGA logic optimization, 50 min 01 s",
            "\r\033[Klink: 0:50:01, task 2 of 6 done, FPGA logic optimization",
            "\r\033[Klink: 2:50:01, task 2 of 6 done, FPGA logic optimization",
            "link: done after 2 h 30 min");
    assertThat(ticker.running()).isFalse();
  }

  @Test
  @DisplayName("says the same in a log, without a line each second")
  void log() {
    try (StepVoice voice = voice(false)) {
      LogDigest log = new LogDigest(voice);
      say(log, 1, "[10:00:00] Run vpl: Step synth: Started");
      say(log, 600, "[10:10:00] Block-level synthesis in progress, 3 of 9 jobs complete, 2 jobs running.");
      say(log, 1, "[10:10:01] Block-level synthesis in progress, 6 of 9 jobs complete, 2 jobs running.");
      say(log, 1, "[10:10:02] Run vpl: Step synth: Failed");
      nanos += 3_600_000_000_000L;
      ticker.tick();
    }
    assertThat(out)
        .containsExactly(
            "link: 3 of 9 jobs of synthesis done, 10 min 01 s", "link: synth failed, 10 min 03 s",
            "link: goes on, 1 h 10 min, last: synth failed");
  }

  private StepVoice voice(boolean terminal) {
    return new StepVoice(
        "link", new ConsoleProgress(out::add, out::add, terminal ? out::add : null, () -> nanos, ticker));
  }

  private void say(LogDigest log, int seconds, String line) {
    nanos += seconds * 1_000_000_000L;
    log.accept(line);
    ticker.tick();
  }
}
