package io.github.lightmamba.perplexity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.progress.ConsoleProgress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Before an evaluation its expected time")
class ExpectedTimeTest {
  private final List<String> lines = new ArrayList<>();
  private long clock;

  @Test
  @DisplayName("is said with windows and tokens, for all models together, as an estimate")
  void announced() {
    Clocked first = new Clocked(10, 0);
    Clocked second = new Clocked(5, 0);
    announce(24, 512, first, second);
    // 12,288 tokens of 10 ms and of 5 ms.
    assertThat(lines)
        .containsExactly(
            "evaluation: 24 windows of 512 tokens, 12,288 tokens for each of 2 models; expected time 3 min 04 s"
                + " (estimated from a short run)");
    assertThat(first.runs).as("the runs take 1.2 s together, at one pace").containsExactly(8, 16, 32, 64);
    assertThat(second.runs).containsExactly(8, 16, 32, 64, 128);
  }

  @Test
  @DisplayName("does not come from the first runs, which pay for the start, but from the last one")
  void start() {
    Clocked model = new Clocked(10, 300);
    announce(100, 512, model);
    // 8 tokens take 300 + 80 ms, 256 tokens 300 + 2,560 ms: 11.17 ms a token, for 51,200 tokens.
    assertThat(model.runs).containsExactly(8, 16, 32, 64, 128, 256);
    assertThat(lines.get(0)).contains("for the model; expected time 9 min 32 s (estimated");
  }

  @Test
  @DisplayName("costs no more than a tenth of the evaluation, and at least one run")
  void cost() {
    Clocked small = new Clocked(1, 0);
    announce(2, 512, small);
    assertThat(small.runs).containsExactly(8, 16, 32);
    assertThat(small.runs.stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(1024 / 10);
    Clocked tiny = new Clocked(1, 0);
    announce(1, 3, tiny);
    assertThat(tiny.runs).containsExactly(3);
    Clocked slow = new Clocked(2000, 0);
    announce(24, 512, slow);
    assertThat(slow.runs).as("at least two, to see whether the pace has settled").containsExactly(8, 16);
    Clocked fast = new Clocked(0, 0);
    announce(1000, 4096, fast);
    assertThat(fast.runs).last().as("no more than a turn").isEqualTo(256);
  }

  private void announce(int count, int length, Clocked... models) {
    EvaluationWindows windows = new EvaluationWindows(new int[count * length + 1], count, length);
    ConsoleProgress progress = new ConsoleProgress(lines::add, lines::add, null, () -> clock);
    new ExpectedTime(windows, () -> clock).announce(List.of(models), progress);
  }

  /** A model that only lets time pass. */
  private final class Clocked implements LanguageModel {
    final List<Integer> runs = new ArrayList<>();
    private final long millisPerToken;
    private final long millisToStart;

    Clocked(long millisPerToken, long millisToStart) {
      this.millisPerToken = millisPerToken;
      this.millisToStart = millisToStart;
    }

    @Override
    public int vocabularySize() {
      return 2;
    }

    @Override
    public Sequence start() {
      clock += millisToStart * 1_000_000;
      return (tokens, sink) -> {
        runs.add(tokens.length);
        for (int t = 0; t < tokens.length; t++) {
          clock += millisPerToken * 1_000_000;
          sink.accept(t, new float[2]);
        }
      };
    }
  }
}
