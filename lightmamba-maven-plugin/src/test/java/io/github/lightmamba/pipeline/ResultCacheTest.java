package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.pipeline.FolderStage.Request;
import io.github.lightmamba.progress.ConsoleProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The cache of results")
class ResultCacheTest {
  private static final long ROOMY = 1 << 20;

  @TempDir private Path temp;

  private final FolderStage stage = new FolderStage();
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private Path cache;
  private Path source;

  @BeforeEach
  void source() throws IOException {
    cache = temp.resolve("cache");
    source = Files.writeString(temp.resolve("model"), "weights");
  }

  @Test
  @DisplayName("gives back what clean has deleted, says so in one line, and leaves nothing but entries and locks")
  void afterClean() throws IOException {
    Manifest made = run("a", 1, ROOMY);
    StageFolder.delete(temp.resolve("a"));
    lines.clear();
    Manifest taken = run("a", 1, ROOMY);
    assertThat(stage.runs).isOne();
    assertThat(taken.outputs()).isEqualTo(made.outputs());
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith("quantize: took ")
        .contains("1-quantized (2 files, 0.0 MB) from the cache " + cache + " in ")
        .endsWith(", instead of running because of first run");
    assertThat(warnings).isEmpty();
    assertThat(temp.resolve("a/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    assertThat(Manifest.require(temp.resolve("a/1-quantized"), "quantize", "x").execution()).isEqualTo("quantize@a");
    assertThat(names(cache.resolve("results/quantize")))
        .containsExactly("." + made.fingerprint() + ".lock", made.fingerprint());
    run("a", 1, ROOMY);
    assertThat(lines).last().asString().contains("up to date");
  }

  @Test
  @DisplayName("gives one result to two work directories, and does not change with them")
  void copies() throws IOException {
    run("a", 1, ROOMY);
    Files.writeString(temp.resolve("a/1-quantized/sub/text.txt"), "edited");
    run("b", 1, ROOMY);
    assertThat(temp.resolve("b/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    run("a", 1, ROOMY);
    assertThat(temp.resolve("a/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    assertThat(lines).last().asString().contains("instead of running because of damaged output: sub/text.txt");
    assertThat(stage.runs).isOne();
    run("b", 2, ROOMY);
    assertThat(stage.runs).as("another fingerprint").isEqualTo(2);
  }

  @Test
  @DisplayName("keeps neither what failed nor a bad verdict")
  void failures() throws IOException {
    Request failing = new Request(folder("a"), "w4a4", 1, source, new IllegalStateException("power cut"), null);
    assertThatThrownBy(() -> runner("a", ROOMY).run(stage, failing)).hasMessage("power cut");
    assertThat(children(cache.resolve("results/quantize"))).isEmpty();
    run("a", 1, ROOMY);
    assertThat(stage.runs).isEqualTo(2);
  }

  /** What may happen to an entry. */
  enum Damage {
    CHANGED,
    MISSING,
    ADDED,
    NO_MANIFEST,
    CUT_MANIFEST,
    FOREIGN_MANIFEST,
    LINK
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("discards an entry that is not whole, with a warning, and makes it again")
  void damaged(Damage damage) throws IOException {
    Manifest made = run("a", 1, ROOMY);
    Path entry = entry(made);
    Path text = entry.resolve("sub/text.txt");
    Path manifest = entry.resolve("manifest.json");
    switch (damage) {
      case CHANGED -> Files.writeString(text, "w4a4 2");
      case MISSING -> Files.delete(text);
      case ADDED -> Files.writeString(entry.resolve("more"), "");
      case NO_MANIFEST -> Files.delete(manifest);
      case CUT_MANIFEST -> Files.writeString(manifest, Files.readString(manifest).substring(0, 100));
      case FOREIGN_MANIFEST -> {
        run("other", 7, ROOMY);
        Files.copy(
            temp.resolve("other/1-quantized/manifest.json"), manifest, StandardCopyOption.REPLACE_EXISTING);
      }
      case LINK -> {
        Files.move(text, temp.resolve("text.txt"));
        Files.createSymbolicLink(text, temp.resolve("text.txt"));
      }
    }
    int before = stage.runs;
    run("b", 1, ROOMY);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("the cached result " + entry + " is damaged (").endsWith("and not used");
    assertThat(stage.runs).isEqualTo(before + 1);
    assertThat(temp.resolve("b/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    run("c", 1, ROOMY);
    assertThat(stage.runs).as("the new entry is whole").isEqualTo(before + 1);
    assertThat(warnings).hasSize(1);
  }

  @Test
  @DisplayName("deletes what was not used for the longest time, and never what is in use")
  void leastRecentlyUsed() throws IOException {
    List<Path> entries = new ArrayList<>();
    for (int windows = 1; windows <= 3; windows++) {
      entries.add(entry(run("a", windows, ROOMY)));
      age(entries.get(windows - 1), 100 - windows);
    }
    run("b", 1, ROOMY); // Used again: now 2 is the oldest.
    long each = size(entries.get(0));
    Path fourth = entry(run("a", 4, 3 * each + each / 2));
    assertThat(entries.get(1)).doesNotExist();
    assertThat(List.of(entries.get(0), entries.get(2), fourth)).allMatch(Files::isDirectory);

    try (LockFile reader = LockFile.tryAcquire(entries.get(2), "a reader").orElseThrow()) {
      reader.confirm();
      Path fifth = entry(run("a", 5, 3 * each + each / 2));
      assertThat(entries.get(0)).as("3 is older, but in use").doesNotExist();
      assertThat(List.of(entries.get(2), fourth, fifth)).allMatch(Files::isDirectory);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  @DisplayName("that is too small, or full of what others use, says so once and keeps nothing")
  void noRoom() throws IOException {
    Path first = entry(run("a", 1, ROOMY));
    Path small = entry(run("a", 2, 10));
    assertThat(small).doesNotExist();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("does not keep the result: the result has ", "the limit of the cache is 10");
    try (LockFile reader = LockFile.tryAcquire(first, "a reader").orElseThrow()) {
      reader.confirm();
      assertThat(entry(run("a", 3, size(first) + 10))).doesNotExist();
    }
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(1)).contains("other builds use what is in the cache");
    assertThat(first).isDirectory();
  }

  @Test
  @DisplayName("leaves the disk as much again as an entry takes")
  void almostFullDisk() throws IOException {
    run("a", 1, ROOMY);
    ResultCache endless = new ResultCache(cache, Long.MAX_VALUE);
    assertThat(endless.makeRoom(Long.MAX_VALUE / 2)).contains("its disk is almost full");
    assertThat(endless.makeRoom(1)).isEmpty();
  }

  @Test
  @DisplayName("removes what killed runs left behind, and touches nothing that is not its own")
  void leftovers() throws IOException {
    Path entry = entry(run("a", 1, ROOMY));
    String other = "0".repeat(64);
    Files.createDirectories(entry.resolveSibling(other + ".next/half"));
    Files.createDirectories(entry.resolveSibling(other + ".old/half"));
    Path foreign = Files.createDirectories(entry.resolveSibling("thesis"));
    run("a", 2, ROOMY);
    assertThat(names(entry.getParent())).noneMatch(name -> name.endsWith(".next") || name.endsWith(".old"));
    assertThat(foreign).isDirectory();
  }

  @Test
  @DisplayName("deletes all that it made when it is asked to, says how much, and touches nothing else")
  void cleared() throws Exception {
    Path first = entry(run("a", 1, ROOMY));
    Path second = entry(run("a", 2, ROOMY));
    Path held = entry(run("a", 3, ROOMY));
    long bytes = size(first) + size(second);
    Path killed = Files.createDirectories(first.resolveSibling("0".repeat(64) + ".next"));
    Files.writeString(killed.resolve("half"), "seven b");
    Path results = first.getParent();
    List<Path> foreign = new ArrayList<>();
    foreign.add(Files.createDirectories(results.resolve("thesis")));
    foreign.add(Files.createDirectories(results.resolve("1".repeat(64))));
    foreign.add(Files.createDirectories(results.resolve("2".repeat(64))));
    Files.copy(first.resolve("manifest.json"), results.resolve("2".repeat(64) + "/manifest.json"));
    foreign.add(Files.writeString(results.resolve("3".repeat(64)), "a file"));
    foreign.add(Files.createDirectories(cache.resolve("photos/" + first.getFileName())));
    foreign.add(Files.writeString(cache.resolve("ledger.json"), "{}"));
    foreign.add(Files.createSymbolicLink(results.resolve("4".repeat(64)), foreign.get(4)));
    try (LockFile reader = LockFile.acquire(held, "a reader", owner -> {})) {
      ResultCache.Cleared cleared = new ResultCache(cache, 0).clear();
      reader.confirm();
      assertThat(cleared.results()).isEqualTo(2);
      assertThat(cleared.bytes()).isEqualTo(bytes + 7);
      assertThat(cleared.held()).isOne();
      assertThat(cleared.foreign()).containsExactlyInAnyOrder(foreign.get(1), foreign.get(2));
    }
    assertThat(first).doesNotExist();
    assertThat(second).doesNotExist();
    assertThat(killed).doesNotExist();
    assertThat(held).isDirectory();
    assertThat(foreign).allMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    assertThat(new ResultCache(cache, 0).clear().results()).as("when nobody holds it").isOne();
    run("a", 1, ROOMY);
    assertThat(new ResultCache(temp.resolve("nowhere"), 0).clear())
        .isEqualTo(new ResultCache.Cleared(0, 0, 0, List.of()));
  }

  @Test
  @DisplayName("that cannot be made costs one warning and no build")
  void underAFile() throws IOException {
    Files.writeString(cache, "a file");
    run("a", 1, ROOMY);
    assertThat(temp.resolve("a/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("the cache " + cache + " is not writable (").contains("goes on without it");
  }

  @Test
  @DisplayName("that fails while it keeps a result costs one warning and no build")
  void failsWhileKeeping() throws IOException {
    stage.halfway = () -> {
      StageFolder.delete(cache.resolve("results"));
      Files.writeString(cache.resolve("results"), "a file");
    };
    run("a", 1, ROOMY);
    assertThat(temp.resolve("a/1-quantized/sub/text.txt")).hasContent("w4a4 1");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("the cache " + cache + " does not keep the result (");
  }

  @Test
  @DisplayName("whose lock cannot be had, as on a read-only disk, is read with one warning")
  void readOnly() throws IOException {
    Path entry = entry(run("a", 1, ROOMY));
    Path lock = LockFile.of(entry);
    Files.delete(lock);
    Files.createDirectory(lock); // Nobody can open it for writing, not even root.
    run("b", 1, ROOMY);
    assertThat(stage.runs).isOne();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("is not writable");

    Files.writeString(entry.resolve("sub/text.txt"), "w4a4 2");
    run("c", 1, ROOMY);
    assertThat(stage.runs).as("damage is found without a lock too").isEqualTo(2);
    assertThat(entry).as("and nothing is deleted or written").isDirectory();
    assertThat(entry.resolve("sub/text.txt")).hasContent("w4a4 2");
  }

  @Test
  @DisplayName("in a folder without the right to write costs one warning and no build")
  void noRights() throws IOException {
    Files.createDirectories(cache);
    Assumptions.assumeTrue(cache.toFile().setWritable(false), "rights cannot be taken away here");
    try {
      Assumptions.assumeFalse(Files.isWritable(cache), "this user (root) may write everywhere");
      run("a", 1, ROOMY);
      assertThat(stage.runs).isOne();
      assertThat(warnings).hasSize(1);
    } finally {
      assertThat(cache.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  @DisplayName("is left alone by a stage that does not ask for it")
  void notAsked() {
    stage.cached = false;
    runner("a", ROOMY).run(stage, request("a", 1));
    assertThat(cache).doesNotExist();
  }

  private Manifest run(String module, int windows, long limit) {
    return runner(module, limit).run(stage, request(module, windows));
  }

  private Request request(String module, int windows) {
    return new Request(folder(module), "w4a4", windows, source, null, null);
  }

  private Path folder(String module) {
    return temp.resolve(module).resolve("1-quantized");
  }

  private StageRunner runner(String module, long limit) {
    Workspace workspace = new Workspace(temp.resolve(module));
    Origin origin = new Origin("1", String.valueOf(System.nanoTime()), "quantize@" + module);
    return new StageRunner(
            workspace,
            origin,
            new FileDigests(workspace.digestMemo(), false),
            new ConsoleProgress(lines::add, warnings::add, null, System::nanoTime))
        .with(new ResultCache(cache, limit));
  }

  private Path entry(Manifest manifest) {
    return cache.resolve("results/quantize").resolve(manifest.fingerprint());
  }

  private static void age(Path entry, int seconds) throws IOException {
    Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isDirectory).toList();
    }
  }
}
