package io.github.lightmamba.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final List<String> out = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(17);
  private final TestTicker ticker = new TestTicker();

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
    ConsoleProgress progress = atTerminal();
    progress.phase("compiling", 10);
    progress.advance(1);
    assertThat(out).isEmpty();
    pass(1);
    progress.advance(4);
    assertThat(out).containsExactly("t:\r\033[K[##########..........] 50 %, 0:00:01, 1 s left  compiling");
    progress.info("hello");
    progress.warn("careful");
    assertThat(out.subList(1, 4)).containsExactly("t:\r\033[K", "i:hello", "w:careful");
    progress.close();
    assertThat(out).hasSize(4);
  }

  @Test
  void terminalShowsTheTimeOfAPhaseThatDoesNotAdvance() {
    ConsoleProgress progress = atTerminal();
    progress.phase("waiting", 4);
    pass(65);
    ticker.tick();
    progress.advance(1);
    pass(5);
    ticker.tick();
    assertThat(out)
        .containsExactly(
            "t:\r\033[K[....................] 0 %, 0:01:05  waiting",
            "t:\r\033[K[#####...............] 25 %, 0:01:05, 3 min 15 s left  waiting",
            "t:\r\033[K[#####...............] 25 %, 0:01:10, 3 min 30 s left  waiting");
    progress.advance(3);
    assertThat(ticker.running()).isFalse();
  }

  @Test
  void terminalShowsTheTimeAndTheLastWordOfAnActivity() {
    ConsoleProgress progress = atTerminal();
    try (Activity link = progress.activity("link")) {
      assertThat(ticker.running()).isTrue();
      ticker.tick();
      pass(60);
      link.milestone("task 1 of 6 done");
      link.at("impl started");
      pass(7200);
      ticker.tick();
      pass(1);
      ticker.tick();
      assertThat(out)
          .containsExactly(
              "t:\r\033[Klink: 0:00:00",
              "t:\r\033[K",
              "i:link: task 1 of 6 done, 1 min 00 s",
              "t:\r\033[Klink: 2:01:00, impl started",
              "t:\r\033[Klink: 2:01:01, impl started");
      out.clear();
    }
    assertThat(out).as("the line is removed").containsExactly("t:\r\033[K");
    assertThat(ticker.running()).isFalse();
    ticker.tickLate();
    assertThat(out).as("a call that was under way").hasSize(1);
  }

  @Test
  void activitiesSideBySideTakeTurnsAtATerminal() {
    nanos.set(0);
    ConsoleProgress progress = atTerminal();
    Activity a = progress.activity("a");
    pass(1);
    Activity b = progress.activity("b");
    b.at("working");
    for (int i = 0; i < 5; i++) {
      ticker.tick();
      pass(1);
    }
    a.close();
    ticker.tick();
    b.close();
    assertThat(out)
        .containsExactly(
            "t:\r\033[K1/2 a: 0:00:01", "t:\r\033[K1/2 a: 0:00:02", "t:\r\033[K2/2 b: 0:00:02, working",
            "t:\r\033[K2/2 b: 0:00:03, working", "t:\r\033[K2/2 b: 0:00:04, working", "t:\r\033[K",
            "t:\r\033[Kb: 0:00:05, working", "t:\r\033[K");
    assertThat(ticker.running()).isFalse();
  }

  @Test
  void aLineDoesNotWrap() {
    ConsoleProgress progress = atTerminal();
    progress.activity("link").at("x".repeat(66));
    ticker.tick();
    assertThat(out).containsExactly("t:\r\033[Klink: 0:00:00, " + "x".repeat(61) + "...");
    progress.close();
    assertThat(ticker.running()).as("after the end of all").isFalse();
  }

  @Test
  void logGetsMilestonesAndNowAndThenWhatGoesOn() {
    try (ConsoleProgress progress = new ConsoleProgress(out::add, out::add, null, nanos::get, ticker);
        Activity link = progress.activity("link")) {
      pass(4.9);
      link.at("a");
      assertThat(out).isEmpty();
      pass(0.1);
      link.at("b");
      link.milestone("c");
      pass(4.9);
      link.at("d");
      pass(0.1);
      link.at("e");
    }
    assertThat(out).containsExactly("link: b, 5 s", "link: c, 5 s", "link: e, 10 s");
  }

  @Test
  void logIsToldThatASilentActivityGoesOn() {
    try (ConsoleProgress progress = new ConsoleProgress(out::add, out::add, null, nanos::get, ticker)) {
      progress.phase("a", 10);
      assertThat(ticker.running()).as("a phase says something when it advances").isFalse();
      Activity link = progress.activity("link");
      seconds(59);
      assertThat(out).isEmpty();
      seconds(1);
      assertThat(out).containsExactly("link: goes on, 1 min 00 s");
      link.milestone("routing");
      out.clear();
      seconds(1620);
      assertThat(out)
          .containsExactly(
              "link: goes on, 2 min 00 s, last: routing", "link: goes on, 4 min 00 s, last: routing",
              "link: goes on, 8 min 00 s, last: routing", "link: goes on, 13 min 00 s, last: routing",
              "link: goes on, 18 min 00 s, last: routing", "link: goes on, 23 min 00 s, last: routing",
              "link: goes on, 28 min 00 s, last: routing");
      link.at("bitstream");
      out.clear();
      seconds(120);
      assertThat(out).as("two minutes on, the first after one").hasSize(1).last().asString().contains("bitstream");
      link.close();
      out.clear();
      seconds(600);
      assertThat(out).isEmpty();
      assertThat(ticker.running()).isFalse();
    }
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      pass(1);
      ticker.tick();
    }
  }

  @Test
  void theTickerHasADaemonAndEndsIt() throws InterruptedException {
    CountDownLatch calls = new CountDownLatch(3);
    AtomicReference<Thread> thread = new AtomicReference<>();
    Runnable stop =
        Ticker.every(Duration.ofNanos(1))
            .start(
                () -> {
                  thread.set(Thread.currentThread());
                  calls.countDown();
                });
    assertThat(calls.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(thread.get().isDaemon()).isTrue();
    stop.run();
    thread.get().join(60_000);
    assertThat(thread.get().isAlive()).isFalse();
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

  private ConsoleProgress atTerminal() {
    return new ConsoleProgress(
        line -> out.add("i:" + line), line -> out.add("w:" + line), text -> out.add("t:" + text), nanos::get, ticker);
  }

  private ConsoleProgress plain() {
    return new ConsoleProgress(out::add, out::add, null, nanos::get);
  }

  private void pass(double seconds) {
    nanos.addAndGet(Math.round(seconds * 1e9));
  }
}
