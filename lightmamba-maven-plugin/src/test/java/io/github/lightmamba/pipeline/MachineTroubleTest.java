package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A stage on a machine in trouble")
class MachineTroubleTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path temp;
  private Path folder;
  private Path source;

  @BeforeEach
  void source() throws IOException {
    folder = temp.resolve("lightmamba/1-quantized");
    source = Files.writeString(temp.resolve("model"), "weights");
  }

  @Test
  @DisplayName("that is killed in the middle (kill -9) leaves the old output, and runs again at once")
  void killed() throws IOException, InterruptedException {
    assertThat(kill()).isNotZero();
    assertThat(folder).doesNotExist();
    run(new FolderStage(), "w8a8");
    assertThat(names(folder)).containsExactly("manifest.json", "report.json", "sub");

    assertThat(kill()).isNotZero();
    assertThat(folder.resolve("sub/text.txt")).hasContent("w8a8 24");
    FolderStage stage = new FolderStage();
    run(stage, "w8a8");
    assertThat(stage.runs).as("the old output is still up to date").isZero();

    assertThat(kill()).isNotZero();
    run(stage, "w4a4");
    assertThat(stage.runs).isOne();
    assertThat(folder.resolve("sub/text.txt")).hasContent("w4a4 24");
    assertThat(names(folder.getParent())).noneMatch(name -> name.contains(".next") || name.contains(".old"));
  }

  @Test
  @DisplayName("whose disk is full fails with a name, what to do, and nothing half-written")
  void fullDisk() throws IOException {
    Assumptions.assumeTrue(Files.exists(FULL), "there is no /dev/full on this system");
    run(new FolderStage(), "w8a8");
    Stage<FolderStage.Request> writesTooMuch = new WritesTo(FULL);
    assertThatThrownBy(() -> run(writesTooMuch, "w4a4"))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_WRITABLE))
        .hasMessageContainingAll("No space left on device", folder.toString(), "free space");
    assertThat(folder.resolve("sub/text.txt")).hasContent("w8a8 24");
    assertThat(names(folder.getParent())).noneMatch(name -> name.contains(".next"));
  }

  @Test
  @DisplayName("whose work directory lies under a file fails with a name and what to do")
  void underAFile() throws IOException {
    Files.writeString(folder.getParent(), "a file");
    refusedToWrite();
  }

  @Test
  @DisplayName("whose work directory is read-only fails with a name and what to do")
  void readOnly() throws IOException {
    Files.createDirectories(folder.getParent());
    Assumptions.assumeTrue(folder.getParent().toFile().setWritable(false), "rights cannot be taken away here");
    try {
      Assumptions.assumeFalse(Files.isWritable(folder.getParent()), "this user (root) may write everywhere");
      refusedToWrite();
    } finally {
      assertThat(folder.getParent().toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  @DisplayName("whose work directory lies where not even root may write fails with a name and what to do")
  void neverWritable() {
    Path proc = Path.of("/proc/self");
    Assumptions.assumeTrue(Files.isDirectory(proc), "there is no /proc on this system");
    folder = proc.resolve("lightmamba/1-quantized");
    refusedToWrite();
  }

  private void refusedToWrite() {
    assertThatThrownBy(() -> run(new FolderStage(), "w8a8"))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_WRITABLE))
        .hasMessageContainingAll(folder.getParent().toString(), "permissions of the work directory");
  }

  /** Starts the stage in another process, waits until it is halfway, and kills it. */
  private int kill() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledStage.class.getName(),
                folder.toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(output.readLine()).isEqualTo("half");
      assertThat(names(folder.getParent())).anyMatch(name -> name.contains(".next"));
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private <S extends Stage<FolderStage.Request>> void run(S stage, String scheme) {
    Workspace workspace = new Workspace(folder.getParent());
    Origin origin = new Origin("1", String.valueOf(System.nanoTime()), "quantize@x");
    new StageRunner(workspace, origin, new FileDigests(workspace.digestMemo(), false), Progress.SILENT)
        .run(stage, new FolderStage.Request(folder, scheme, 24, source, null, null));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A stage that writes to a file. */
  private record WritesTo(Path file) implements Stage<FolderStage.Request> {
    @Override
    public String goal() {
      return "quantize";
    }

    @Override
    public Path folder(FolderStage.Request request) {
      return request.folder();
    }

    @Override
    public Inputs inputs(FolderStage.Request request, FileDigests digests) {
      return new FolderStage().inputs(request, digests);
    }

    @Override
    public Outcome run(FolderStage.Request request, Path output, Progress progress) throws IOException {
      Files.writeString(output.resolve("begun"), "begun");
      Files.write(file, new byte[1 << 20]);
      return Outcome.GOOD;
    }
  }
}
