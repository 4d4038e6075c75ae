package io.github.lightmamba.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessRunnerTest {
  @TempDir Path temp;

  private final ProcessRunner runner = new ProcessRunner();

  @BeforeEach
  void shell() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh on this machine");
  }

  @Test
  void givesExitCodeLinesAndLog() throws IOException {
    List<String> lines = new ArrayList<>();
    Path log = temp.resolve("log.txt");
    ProcessResult result =
        runner.run(
            shell("echo one; echo two >&2; printf 'a b'; exit 3").withLines(lines::add).withLog(log));
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.good()).isFalse();
    assertThat(result.timedOut()).isFalse();
    assertThat(lines).containsExactly("one", "two", "a b");
    assertThat(result.tail()).isEqualTo(lines);
    assertThat(log).hasContent("one\ntwo\na b");
    assertThat(result.seconds()).isBetween(0.0, 30.0);
    assertThat(result.trouble()).isEmpty();
  }

  @Test
  void usesDirectoryAndEnvironmentAndGivesNoInput() throws IOException {
    ProcessResult result =
        runner.run(shell("pwd -P; echo $COLOUR; cat; echo end").withEnvironment(Map.of("COLOUR", "green")));
    assertThat(result.good()).isTrue();
    assertThat(result.tail()).containsExactly(temp.toRealPath().toString(), "green", "end");
  }

  @Test
  void argumentsAreNotForAShell() throws IOException {
    ProcessResult result = runner.run(Invocation.of(temp, List.of("/bin/echo", "$HOME `id` * ;")));
    assertThat(result.tail()).containsExactly("$HOME `id` * ;");
  }

  @Test
  void keepsTheLastFortyLinesAndCutsLongOnes() throws IOException {
    ProcessResult many = runner.run(shell("i=0; while [ $i -lt 100 ]; do echo $i; i=$((i+1)); done"));
    assertThat(many.tail()).hasSize(40).startsWith("60").endsWith("99");
    ProcessResult longLine = runner.run(shell("head -c 20000 /dev/zero | tr '\\0' x"));
    assertThat(longLine.tail()).extracting(String::length).containsExactly(16384, 3616);
  }

  @Test
  void killsTheWholeTreeWhenTimeIsUp() throws Exception {
    Path pid = temp.resolve("pid");
    ProcessResult result =
        runner.run(
            shell("sleep 300 & echo $! > pid; echo started; wait").withTimeout(Duration.ofSeconds(1)));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.good()).isFalse();
    assertThat(result.tail()).containsExactly("started");
    assertDies(Long.parseLong(Files.readString(pid).trim()));
  }

  @Test
  void killsTheWholeTreeWhenALineIsEnough() throws Exception {
    Path pid = temp.resolve("pid");
    List<String> lines = new ArrayList<>();
    ProcessResult result =
        runner.run(
            shell("sleep 300 & echo $! > pid; echo go on; echo enough; wait")
                .withLines(lines::add)
                .until(() -> lines.contains("enough")));
    assertThat(result.timedOut()).isFalse();
    assertThat(result.good()).isFalse();
    assertThat(lines).containsExactly("go on", "enough");
    assertDies(Long.parseLong(Files.readString(pid).trim()));
  }

  @Test
  void interruptKillsTheTreeAndIsRestored() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Path pid = temp.resolve("pid");
    Thread thread =
        new Thread(
            () -> {
              try {
                runner.run(shell("sleep 300 & echo $! > next; mv next pid; wait"));
              } catch (IOException e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    thread.start();
    while (!Files.exists(pid)) {
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(interrupted).isTrue();
    assertDies(Long.parseLong(Files.readString(pid).trim()));
  }

  @Test
  void missingProgramIsToldApart() {
    assertThatThrownBy(() -> runner.run(Invocation.of(temp, List.of("no-such-compiler", "x"))))
        .isInstanceOf(CommandNotFoundException.class)
        .hasMessageContaining("no-such-compiler");
    assertThatThrownBy(() -> runner.run(Invocation.of(temp.resolve("nowhere"), List.of("/bin/sh"))))
        .isInstanceOf(NotDirectoryException.class);
    assertThat(ProcessRunner.find("sh")).isPresent();
    assertThat(ProcessRunner.find("no-such-compiler")).isEmpty();
    assertThat(ProcessRunner.find(temp + "/sh")).isEmpty();
  }

  @Test
  void aListenerThatFailsEndsNeitherTheProgramNorTheReading() throws IOException {
    List<String> lines = new ArrayList<>();
    Path log = temp.resolve("log.txt");
    Invocation invocation =
        shell("head -c 100000 /dev/zero | tr '\\0' '\\n'; echo end; exit 3")
            .withLog(log)
            .withLines(
                line -> {
                  lines.add(line);
                  throw new IllegalStateException("no " + lines.size());
                });
    ProcessResult result = runner.run(invocation);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.trouble()).hasValueSatisfying(what -> assertThat(what).endsWith("IllegalStateException: no 1"));
    assertThat(lines).hasSize(100_001).endsWith("end");
    assertThat(Files.size(log)).isEqualTo(100_004);
  }

  @Test
  void aFullDiskOfTheLogEndsNeitherTheProgramNorTheReading() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full), "there is no /dev/full on this machine");
    List<String> lines = new ArrayList<>();
    ProcessResult result =
        runner.run(shell("echo one; sleep 0.1; echo two").withLog(full).withLines(lines::add));
    assertThat(result.good()).isTrue();
    assertThat(lines).containsExactly("one", "two");
    assertThat(result.trouble())
        .hasValueSatisfying(what -> assertThat(what).startsWith("its log could not be written").contains("No space"));
  }

  @Test
  void shellFormCanBePasted() throws IOException {
    Invocation invocation = Invocation.of(temp, List.of("/bin/echo", "it's", "a b", "-O2", "$x"));
    assertThat(invocation.shellForm()).isEqualTo("/bin/echo 'it'\\''s' 'a b' -O2 '$x'");
    assertThat(runner.run(shell(invocation.shellForm())).tail()).containsExactly("it's a b -O2 $x");
  }

  private Invocation shell(String script) {
    return Invocation.of(temp, List.of("/bin/sh", "-c", script));
  }

  private static void assertDies(long pid) throws InterruptedException {
    for (int i = 0; i < 500 && alive(pid); i++) {
      Thread.sleep(10);
    }
    assertThat(alive(pid)).as("process %d lives", pid).isFalse();
  }

  /** A killed process whose new parent has not yet collected it still has an entry, but no command. */
  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(p -> p.info().command()).isPresent();
  }
}
