package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FolderStage.Request;
import io.github.lightmamba.progress.ConsoleProgress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRunnerTest {
  @TempDir Path temp;

  private final FolderStage stage = new FolderStage();
  private final List<String> lines = new ArrayList<>();
  private Path folder;
  private Path source;

  @BeforeEach
  void source() throws IOException {
    folder = temp.resolve("lightmamba/1-quantized");
    source = Files.writeString(temp.resolve("model"), "weights");
  }

  @Test
  void runsOnceAndSaysWhy() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    runner("s2").run(stage, request("w8a8", 24));
    assertThat(stage.runs).isEqualTo(1);
    assertThat(lines.get(0)).isEqualTo("quantize: runs because of first run");
    assertThat(lines.get(1)).startsWith("quantize: wrote ").contains("(2 files, ");
    assertThat(lines.get(2)).matches("quantize: up to date \\(fingerprint [0-9a-f]{12}\\)");
    assertThat(below()).containsExactly("manifest.json", "report.json", "sub/text.txt");
  }

  @Test
  void namesEveryChange() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Files.writeString(source, "Weights");
    runner("s2").run(stage, request("w4a4", 8));
    assertThat(lines)
        .contains(
            "quantize: runs because of scheme w8a8 -> w4a4, windows 24 -> 8, checkpoint model.safetensors changed");
    assertThat(folder.resolve("sub/text.txt")).hasContent("w4a4 8");
  }

  @Test
  void sameContentElsewhereIsUpToDate() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Path copy = Files.copy(source, temp.resolve("copy"));
    runner("s2").run(stage, new Request(folder, "w8a8", 24, copy, null, null));
    assertThat(stage.runs).isEqualTo(1);
  }

  @Test
  void damagedOutputIsMadeAgain() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Files.writeString(folder.resolve("sub/text.txt"), "w8a8 25");
    runner("s2").run(stage, request("w8a8", 24));
    Files.delete(folder.resolve("report.json"));
    runner("s3").run(stage, request("w8a8", 24));
    assertThat(lines)
        .contains(
            "quantize: runs because of damaged output: sub/text.txt was modified",
            "quantize: runs because of damaged output: report.json is missing");
    assertThat(stage.runs).isEqualTo(3);
  }

  @Test
  void failureKeepsTheOldOutputAndLeavesNothing() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Request failing = new Request(folder, "w8a8", 25, source, new IllegalStateException("power cut"), null);
    assertThatThrownBy(() -> runner("s2").run(stage, failing)).hasMessage("power cut");
    assertThat(folder.resolve("sub/text.txt")).hasContent("w8a8 24");
    assertThat(folder.resolveSibling("1-quantized.next")).doesNotExist();
    assertThat(folder.resolveSibling("1-quantized.old")).doesNotExist();
  }

  @Test
  void failureOfTheFirstRunLeavesNoFolder() {
    Request failing = new Request(folder, "w8a8", 25, source, new IllegalStateException("power cut"), null);
    assertThatThrownBy(() -> runner("s2").run(stage, failing)).hasMessage("power cut");
    assertThat(folder).doesNotExist();
    assertThat(folder.resolveSibling("1-quantized.next")).doesNotExist();
  }

  @Test
  void badVerdictIsPublishedThenThrownAndNeverUpToDate() {
    LightMambaException verdict = new LightMambaException(ErrorCode.VERIFICATION_MISMATCH, "Layer 3.", "look.");
    Request bad = new Request(folder, "w8a8", 24, source, null, verdict);
    assertThatThrownBy(() -> runner("s1").run(stage, bad)).isSameAs(verdict);
    assertThat(folder.resolve("report.json")).exists();
    assertThatThrownBy(() -> Manifest.require(folder, "quantize", "run it."))
        .hasMessageContaining("LM-STAGE-002")
        .hasMessageContaining("a failed one");
    assertThatThrownBy(() -> runner("s1").run(stage, bad)).isSameAs(verdict);
    assertThat(stage.runs).isEqualTo(2);
  }

  @Test
  void anotherSchemeInTheSameSessionIsAConflictThatNamesBothExecutions() {
    runner("s1", "quantize@w8 of com.example:m").run(stage, request("w8a8", 24));
    assertThatThrownBy(() -> runner("s1", "quantize@w4 of com.example:m").run(stage, request("w4a4", 24)))
        .isInstanceOf(LightMambaException.class)
        .extracting(e -> ((LightMambaException) e).code())
        .isEqualTo(ErrorCode.STAGE_CONFLICT);
    assertThatThrownBy(() -> runner("s1", "quantize@w4 of com.example:m").run(stage, request("w4a4", 24)))
        .hasMessageContaining("quantize@w8 of com.example:m made it or relies on it")
        .hasMessageContaining("quantize@w4 of com.example:m would overwrite it (scheme w8a8 -> w4a4)");
    assertThat(folder.resolve("sub/text.txt")).hasContent("w8a8 24");
  }

  @Test
  void whatASessionFoundUpToDateIsItsOwnToo() throws IOException {
    runner("s1", "quantize@w8").run(stage, request("w8a8", 24));
    runner("s2", "quantize@default").run(stage, request("w8a8", 24));
    assertThatThrownBy(() -> runner("s2", "quantize@w4").run(stage, request("w4a4", 24)))
        .hasMessageContaining("LM-STAGE-001")
        .hasMessageContaining("quantize@default made it or relies on it");
    assertThat(below()).containsExactly("manifest.json", "report.json", "sub/text.txt");
    runner("s3", "quantize@w4").run(stage, request("w4a4", 24));
    assertThat(stage.runs).isEqualTo(2);
  }

  @Test
  void otherSettingsInTheSameSessionAreNoConflict() {
    runner("s1").run(stage, request("w8a8", 24));
    runner("s1").run(stage, request("w8a8", 8));
    assertThat(stage.runs).isEqualTo(2);
  }

  @Test
  void finishesAMoveThatWasKilledHalfway() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Files.move(folder, folder.resolveSibling("1-quantized.next"));
    assertThat(Manifest.require(folder, "quantize", "run it.").goal()).isEqualTo("quantize");
    runner("s2").run(stage, request("w8a8", 24));
    assertThat(stage.runs).isEqualTo(1);
  }

  @Test
  void takesTheOldOutputBackWhenTheNewOneIsHalfWritten() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Files.move(folder, folder.resolveSibling("1-quantized.old"));
    Files.createDirectories(folder.resolveSibling("1-quantized.next/half"));
    runner("s2").run(stage, request("w8a8", 24));
    assertThat(stage.runs).isEqualTo(1);
    runner("s3").run(stage, request("w8a8", 25));
    assertThat(below()).containsExactly("manifest.json", "report.json", "sub/text.txt");
    assertThat(folder.resolveSibling("1-quantized.next")).doesNotExist();
  }

  @Test
  void leftoversBesideAGoodFolderGo() throws IOException {
    runner("s1").run(stage, request("w8a8", 24));
    Files.createDirectories(folder.resolveSibling("1-quantized.old/rest"));
    Files.createDirectories(folder.resolveSibling("1-quantized.next/rest"));
    runner("s2").run(stage, request("w8a8", 25));
    assertThat(folder.resolveSibling("1-quantized.old")).doesNotExist();
    assertThat(below()).containsExactly("manifest.json", "report.json", "sub/text.txt");
  }

  @Test
  void refusesAFolderThatNoStageMade() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("thesis.tex"), "ten years");
    assertThatThrownBy(() -> runner("s1").run(stage, request("w8a8", 24))).hasMessageContaining("LM-STAGE-004");
    assertThat(folder.resolve("thesis.tex")).hasContent("ten years");
  }

  @Test
  void refusesAFolderThatAnotherRunWrites() throws IOException {
    Files.createDirectories(folder.getParent());
    Path lock = folder.resolveSibling(".1-quantized.lock");
    try (FileChannel other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertThatThrownBy(() -> runner("s1").run(stage, request("w8a8", 24))).hasMessageContaining("LM-STAGE-003");
    }
    runner("s1").run(stage, request("w8a8", 24));
  }

  @Test
  void manifestHoldsInputsOutputsAndOriginButNoPath() throws IOException {
    runner("s1", "quantize@w8").run(stage, request("w8a8", 24));
    String json = Files.readString(folder.resolve("manifest.json"));
    assertThat(json).endsWith("}\n").doesNotContain("\r").doesNotContain(temp.toString());
    Map<?, ?> manifest = Json.read(folder.resolve("manifest.json"), Map.class);
    assertThat(manifest.get("goal")).isEqualTo("quantize");
    assertThat(manifest.get("pluginVersion")).isEqualTo("1.2");
    assertThat(manifest.get("session")).isEqualTo("s1");
    assertThat(manifest.get("execution")).isEqualTo("quantize@w8");
    assertThat(((Map<?, ?>) manifest.get("inputs")).get("checkpoint model.safetensors"))
        .isEqualTo(Map.of("sha256", Sha256.of("weights"), "identity", false));
    assertThat(((List<?>) manifest.get("outputs")).get(1))
        .isEqualTo(Map.of("path", "sub/text.txt", "size", 7, "sha256", Sha256.of("w8a8 24")));
  }

  @Test
  void requireTellsWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> Manifest.require(folder, "quantize", "run `mvn x`."))
        .hasMessageContaining("LM-STAGE-002")
        .hasMessageEndingWith("Do: run `mvn x`.");
    runner("s1").run(stage, request("w8a8", 24));
    Files.writeString(folder.resolve("sub/text.txt"), "w8");
    assertThatThrownBy(() -> Manifest.require(folder, "quantize", "run it."))
        .hasMessageContaining("sub/text.txt has 2 bytes, not 7");
  }

  @Test
  void contentOfAStageLeavesItsReportOut() {
    Manifest first = runner("s1").run(stage, request("w8a8", 24));
    stage.runs = 100;
    Manifest again = runner("s2").run(stage, new Request(temp.resolve("other"), "w8a8", 24, source, null, null));
    Manifest other = runner("s2").run(stage, new Request(temp.resolve("third"), "w8a8", 25, source, null, null));
    assertThat(first.outputs()).isNotEqualTo(again.outputs());
    assertThat(first.content()).isEqualTo(again.content()).isNotEqualTo(other.content());
  }

  private Request request(String scheme, int windows) {
    return new Request(folder, scheme, windows, source, null, null);
  }

  private StageRunner runner(String session) {
    return runner(session, "quantize@default-cli");
  }

  private StageRunner runner(String session, String execution) {
    Workspace workspace = new Workspace(folder.getParent());
    return new StageRunner(
        workspace,
        new Origin("1.2", session, execution),
        new FileDigests(workspace.digestMemo(), false),
        new ConsoleProgress(lines::add, lines::add, null, System::nanoTime));
  }

  private List<String> below() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).sorted().toList();
    }
  }
}
