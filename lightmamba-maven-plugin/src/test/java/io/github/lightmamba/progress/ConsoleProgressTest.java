package io.github.lightmamba.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final List<String> out = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(17);

  @Test
  void logGetsALineEveryFiveSecondsWithTheRemainingTime() {
    try (ConsoleProgress progress = plain()) {
      progress.phase("evaluating", 200);
      pass(4.9);
      progress.advance(50);
      assertThat(out).isEmpty();
      pass(0.1);
      progress.advance(0);
      assertThat(out).containsExactly("evaluating: 25 %, 15 s left");
      pass(4.9);
      progress.advance(50);
      assertThat(out).hasSize(1);
      pass(90.1);
      progress.advance(1);
      // 100 s for 101 of 200 units: 98 s for the rest.
      assertThat(out).hasSize(2).last().isEqualTo("evaluating: 50 %, 1 min 38 s left");
      progress.advance(99);
    }
    assertThat(out).hasSize(3).last().isEqualTo("evaluating: done after 1 min 40 s");
  }

  @Test
  void shortPhasesSayNothing() {
    try (ConsoleProgress progress = plain()) {
      progress.advance(1);
      progress.phase("a", 10);
      progress.advance(10);
      pass(4);
      progress.phase("b", 10);
      pass(4);
    }
    assertThat(out).isEmpty();
  }

  @Test
  void aPhaseThatDoesNotReachItsTotalSaysSo() {
    try (ConsoleProgress progress = plain()) {
      progress.phase("a", 10);
      progress.advance(3);
      pass(4000);
    }
    assertThat(out).containsExactly("a: ended at 30 % after 1 h 06 min");
  }

  @Test
  void terminalGetsABarThatGivesWayToLines() {
    ConsoleProgress progress = new ConsoleProgress(line -> out.add("i:" + line), line -> out.add("w:" + line),
        text -> out.add("t:" + text), nanos::get);
    progress.phase("compiling", 10);
    progress.advance(1);
    assertThat(out).isEmpty();
    pass(1);
    progress.advance(4);
    assertThat(out).containsExactly("t:\r\033[K[###############...............] 50 %, 1 s left  compiling");
    progress.info("hello");
    progress.warn("careful");
    assertThat(out.subList(1, 4)).containsExactly("t:\r\033[K", "i:hello", "w:careful");
    progress.close();
    assertThat(out).hasSize(4);
  }

  @Test
  void countsFromManyThreads() throws InterruptedException {
    ConsoleProgress progress = plain();
    progress.phase("a", 40_001);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  progress.advance(1);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    pass(5);
    assertThat(out).isEmpty();
    progress.advance(1);
    assertThat(out).containsExactly("a: done after 5 s");
  }

  @Test
  void aPhaseHasUnits() {
    assertThatThrownBy(() -> plain().phase("a", 0)).hasMessageContaining("0 units");
  }

  private ConsoleProgress plain() {
    return new ConsoleProgress(out::add, out::add, null, nanos::get);
  }

  private void pass(double seconds) {
    nanos.addAndGet(Math.round(seconds * 1e9));
  }
}
