package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.ResultCache;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.LogDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What a step of hours has made")
class KeptResultTest {
  @TempDir private Path root;

  private final Hours step = new Hours();
  private Consumer<String> said = line -> {};

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the step is a command of a shell; there is no sh here");
  }

  @Test
  @DisplayName("is kept when it is rejected, the message says where, and it is judged again and not made again")
  void rejected() throws IOException {
    step.verdict = "it is of no use";
    Path folder = root.resolve("steps/hours");
    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(this::run)
          .hasMessageStartingWith("LM-BUILD-002: The step hours claims success, but it is of no use.")
          .hasMessageContaining("is kept in " + folder + ", with its log; when the goal runs again it is judged again")
          .hasMessageContaining("delete that folder and results/hours/" + key());
    }
    assertThat(folder.resolve("made")).hasContent("1");
    assertThat(folder.resolve("step.log")).content().contains("made it");
    step.verdict = "";
    assertThat(run().succeeded()).isTrue();
    assertThat(runs()).isEqualTo(1);
    assertThat(root.resolve("steps/work/hours/tmp")).doesNotExist();
  }

  @Test
  @DisplayName("is kept when it is rejected, though the build folder is deleted then")
  void rejectedAndCleaned() throws IOException {
    step.verdict = "it is of no use";
    assertThatThrownBy(this::run).hasMessageStartingWith("LM-BUILD-002");
    StepStage.delete(root.resolve("steps"));
    assertThatThrownBy(this::run).hasMessageStartingWith("LM-BUILD-002");
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  @DisplayName("is taken from the working folder when the build was killed after the end of the commands")
  void killedAfterTheEnd() throws IOException {
    step.kill = true;
    assertThatThrownBy(this::run).isInstanceOf(Killed.class);
    assertThat(root.resolve("steps/hours")).doesNotExist();
    step.kill = false;
    assertThat(run().succeeded()).isTrue();
    assertThat(runs()).isEqualTo(1);
    assertThat(root.resolve("steps/hours/made")).hasContent("1");
    assertThat(root.resolve("steps/hours/step.log")).content().contains("made it");
    assertThat(root.resolve("steps/work/hours/tmp")).doesNotExist();
  }

  @Test
  @DisplayName("is taken from there too when the build was killed between taking and publishing it")
  void killedBeforePublishing() throws IOException {
    said =
        line -> {
          if (line.startsWith("hours: done")) {
            throw new Killed();
          }
        };
    assertThatThrownBy(this::run).isInstanceOf(Killed.class);
    said = line -> {};
    assertThat(run().succeeded()).isTrue();
    assertThat(runs()).isEqualTo(1);
    assertThat(root.resolve("steps/hours/temporary")).exists();
  }

  @Test
  @DisplayName("is not taken from there for another key")
  void otherKey() throws IOException {
    step.kill = true;
    assertThatThrownBy(this::run).isInstanceOf(Killed.class);
    step.kill = false;
    step.version = "2";
    assertThat(run().succeeded()).isTrue();
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  @DisplayName("is made again if it was not all there")
  void incomplete() throws IOException {
    step.whole = false;
    assertThatThrownBy(this::run).hasMessageContaining("LM-BUILD-002").hasMessageContaining("there is no made");
    assertThatThrownBy(this::run).hasMessageContaining("LM-BUILD-002");
    step.whole = true;
    assertThat(run().succeeded()).isTrue();
    assertThat(runs()).isEqualTo(3);
  }

  private Manifest run() throws IOException {
    return JudgedStep.run(runner(), request(), step);
  }

  private String key() {
    return step.fingerprint(request().digests()).sha256();
  }

  private int runs() throws IOException {
    return (int) Files.size(root.resolve("runs"));
  }

  private StepRequest request() {
    BoardProfile board = BoardProfile.read(Board.U280, AcceleratorSource.bundled());
    BuildOptions options =
        new BuildOptions(
            BuildTarget.HW, 0, List.of(BuildOptions.DEFAULT_STRATEGY), 1, Duration.ofMinutes(1), 0, Duration.ZERO,
            VppOptions.NONE, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), TimingPolicy.FAIL, true);
    return new StepRequest(
        root.resolve("steps"), options, BuildTools.planned(board, ToolOptions.NONE), new LocalExecutor(Machine.here()),
        runner().digests());
  }

  private StageRunner runner() {
    Workspace workspace = new Workspace(root.resolve("target"));
    Progress progress =
        new Progress() {
          @Override
          public void info(String line) {
            said.accept(line);
          }

          @Override
          public void warn(String line) {}

          @Override
          public void phase(String name, long total) {}

          @Override
          public void advance(long units) {}
        };
    Origin origin = new Origin("1", UUID.randomUUID().toString(), "build-bitstream@test");
    return new StageRunner(workspace, origin, new FileDigests(workspace.digestMemo(), true), progress)
        .with(new ResultCache(root.resolve("cache"), 1L << 20));
  }

  /** What a kill looks like from inside: nothing that comes after it happens. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A step that counts how often it really runs. */
  private final class Hours extends Step {
    private String verdict = "";
    private String version = "1";
    private boolean kill;
    private boolean whole = true;

    Hours() {
      super("hours");
    }

    @Override
    Inputs inputs(FileDigests digests) {
      return Inputs.builder().value("version", version).build();
    }

    @Override
    Map<String, Path> files() {
      return Map.of();
    }

    @Override
    List<List<String>> commands() {
      String script = "printf . >> '" + root + "/runs'; mkdir tmp; echo x > tmp/x; printf 1 > made; echo made it";
      return List.of(List.of("sh", "-c", script));
    }

    @Override
    void collect(Path work, LogDigest digest, Path output) throws IOException {
      if (kill) {
        throw new Killed();
      }
      if (!whole) {
        throw StepRejection.incomplete(name(), "there is no made", work);
      }
      StepFiles.copy(work.resolve("made"), output.resolve("made"));
      StepFiles.copy(work.resolve("tmp/x"), output.resolve("temporary"));
    }

    @Override
    void judge(StepRequest request) {
      if (!verdict.isEmpty()) {
        throw StepRejection.judged(this, verdict, "do something", request);
      }
    }
  }
}
