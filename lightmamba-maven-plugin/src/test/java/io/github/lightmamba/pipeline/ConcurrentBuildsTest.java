package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FolderStage.Request;
import io.github.lightmamba.progress.ConsoleProgress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Builds that want the same result at the same time")
@Timeout(60)
class ConcurrentBuildsTest {
  @TempDir private Path temp;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch waits = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private Path cache;
  private Path source;

  @BeforeEach
  void source() throws IOException {
    cache = temp.resolve("cache");
    source = Files.writeString(temp.resolve("model"), "weights");
  }

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @DisplayName("in two modules: one makes it, the other says for whom it waits and takes it")
  void twoModules() throws Exception {
    FolderStage stage = new FolderStage();
    CountDownLatch half = new CountDownLatch(1);
    stage.halfway = () -> {
      half.countDown();
      await(waits);
    };
    Future<Manifest> first = threads.submit(() -> run(stage, "a"));
    await(half);
    Future<Manifest> second = threads.submit(() -> run(stage, "b"));
    assertThat(second.get().outputs()).isEqualTo(first.get().outputs());
    assertThat(stage.runs).isOne();
    assertThat(lines)
        .anyMatch(line -> line.matches("quantize: waits for quantize@a \\(process \\d+\\), which makes or .*"))
        .anyMatch(line -> line.startsWith("quantize: took ") && line.contains("b/1-quantized"));
  }

  @Test
  @DisplayName("in one work directory: the second finds it up to date instead of failing")
  void oneWorkDirectory() throws Exception {
    FolderStage stage = new FolderStage();
    CountDownLatch half = new CountDownLatch(1);
    stage.halfway = () -> {
      half.countDown();
      await(waits);
    };
    Future<Manifest> first = threads.submit(() -> run(stage, "a"));
    await(half);
    Future<Manifest> second = threads.submit(() -> run(stage, "a"));
    assertThat(second.get().fingerprint()).isEqualTo(first.get().fingerprint());
    assertThat(stage.runs).isOne();
    assertThat(lines).anyMatch(line -> line.startsWith("quantize: up to date"));
  }

  @Test
  @DisplayName("when the first one fails: the second makes it")
  void failure() throws Exception {
    FolderStage stage = new FolderStage();
    CountDownLatch half = new CountDownLatch(1);
    stage.halfway = () -> {
      half.countDown();
      await(waits);
      throw new IOException("No space left on device");
    };
    Future<Manifest> first = threads.submit(() -> run(stage, "a"));
    await(half);
    FolderStage good = new FolderStage();
    Future<Manifest> second = threads.submit(() -> run(good, "b"));
    assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class).hasMessageContaining("LM-FILE-002");
    assertThat(second.get().succeeded()).isTrue();
    assertThat(good.runs).isOne();
  }

  @Test
  @DisplayName("in two processes: the lock of one that is killed goes with it")
  void killed() throws Exception {
    Process process =
        java(KilledStage.class, temp.resolve("a/1-quantized").toString(), source.toString(), cache.toString());
    FolderStage stage = new FolderStage();
    Future<Manifest> second;
    try (BufferedReader output = reader(process)) {
      assertThat(output.readLine()).isEqualTo("half");
      second = threads.submit(() -> run(stage, "b"));
      await(waits);
      assertThat(stage.runs).as("it waits").isZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(second.get().succeeded()).isTrue();
    assertThat(stage.runs).isOne();
    assertThat(lines)
        .anyMatch(line -> line.startsWith("quantize: waits for quantize@killed (process " + process.pid() + ")"));
  }

  @Test
  @DisplayName("when the one that waits is interrupted: it says so and ends")
  void interrupted() throws Exception {
    Path folder = temp.resolve("folder");
    try (LockFile held = LockFile.tryAcquire(folder, "quantize@a").orElseThrow()) {
      held.confirm();
      Future<?> waiting =
          threads.submit(
              () -> {
                Thread.currentThread().interrupt();
                return LockFile.acquire(folder, "quantize@b", owner -> {});
              });
      assertThatThrownBy(waiting::get)
          .cause()
          .isInstanceOfSatisfying(
              LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STAGE_BUSY))
          .hasMessageContaining("The wait for quantize@a (process ");
    }
  }

  @Test
  @DisplayName("in one JVM do not free the lock against another process by trying for it")
  void lockSurvivesAnotherTry() throws Exception {
    Path folder = temp.resolve("folder");
    try (LockFile held = LockFile.tryAcquire(folder, "a").orElseThrow()) {
      assertThat(LockFile.tryAcquire(folder, "b")).isEmpty();
      assertThat(answer(folder)).isEqualTo("held");
      held.confirm();
    }
    assertThat(answer(folder)).isEqualTo("free");
    try (LockFile again = LockFile.tryAcquire(folder, "b").orElseThrow()) {
      again.confirm();
    }
  }

  /** Says whether this process can have a lock. */
  static final class LockProbe {
    private LockProbe() {}

    /**
     * Tries.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) throws IOException {
      System.out.println(LockFile.tryAcquire(Path.of(arguments[0]), "probe").isPresent() ? "free" : "held");
    }
  }

  private static String answer(Path folder) throws IOException, InterruptedException {
    Process process = java(LockProbe.class, folder.toString());
    try (BufferedReader output = reader(process)) {
      return output.readLine();
    } finally {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static Process java(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private Manifest run(FolderStage stage, String module) {
    Workspace workspace = new Workspace(temp.resolve(module));
    Origin origin = new Origin("1", "session", "quantize@" + module);
    ConsoleProgress progress = new ConsoleProgress(this::said, this::said, null, System::nanoTime);
    return new StageRunner(workspace, origin, new FileDigests(workspace.digestMemo(), false), progress)
        .with(new ResultCache(cache, 1 << 20))
        .run(stage, new Request(workspace.quantized(), "w4a4", 24, source, null, null));
  }

  private void said(String line) {
    lines.add(line);
    if (line.contains(": waits for ")) {
      waits.countDown();
    }
  }
}
