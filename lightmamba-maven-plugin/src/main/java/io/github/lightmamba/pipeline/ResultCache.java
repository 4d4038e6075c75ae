package io.github.lightmamba.pipeline;

import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Results of stages, kept outside the build folder so that cleaning it does not cost their time again.
 *
 * <p>An entry is the folder {@code results/<goal>/<fingerprint>}: a copy of a stage's folder with its manifest,
 * published in one move. What is taken from it is checked against the manifest. The one who makes, takes or deletes an
 * entry holds its lock, so that what several builds want at the same time is made once, and nothing is deleted that is
 * being read.
 *
 * @param folder where the entries are, absolute; it need not exist
 * @param limitBytes what all entries together may have
 */
public record ResultCache(Path folder, long limitBytes) {
  private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern LEFTOVER = Pattern.compile("([0-9a-f]{64})\\.(next|old)");

  /** Makes the folder absolute. */
  public ResultCache {
    folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Opens the place of a result; waits as long as another run makes or takes the same one.
   *
   * <p>Never fails for the state of the cache folder: what does not work there is said once, as a warning.
   *
   * @param goal the stage's goal
   * @param fingerprint what the result was or will be made from
   * @param owner who opens it, for people
   * @param progress the voice
   * @throws io.github.lightmamba.error.LightMambaException {@link
   *     io.github.lightmamba.error.ErrorCode#STAGE_BUSY} if this thread is interrupted while it waits
   */
  CacheEntry open(String goal, Fingerprint fingerprint, String owner, Progress progress) {
    Path entry = results().resolve(goal).resolve(fingerprint.sha256());
    boolean[] waited = {false};
    try {
      Files.createDirectories(entry.getParent());
      LockFile lock =
          LockFile.acquire(
              entry,
              owner,
              other -> {
                progress.info(goal + ": waits for " + other + ", which makes or takes the same result");
                waited[0] = true;
              });
      return new CacheEntry(this, entry, fingerprint, Optional.of(lock), waited[0], progress);
    } catch (IOException e) {
      CacheEntry unlocked = new CacheEntry(this, entry, fingerprint, Optional.empty(), waited[0], progress);
      unlocked.trouble("is not writable", e);
      return unlocked;
    }
  }

  /**
   * Makes room for an entry: deletes the least recently used ones that nobody holds, and what killed runs left behind.
   *
   * @param bytes the size of the entry
   * @return why there is no room, in words; empty if there is
   * @throws IOException if an entry cannot be looked at or deleted
   */
  Optional<String> makeRoom(long bytes) throws IOException {
    if (bytes > limitBytes) {
      return Optional.of("the result has %,d bytes, the limit of the cache is %,d".formatted(bytes, limitBytes));
    }
    deleteLeftovers();
    List<Kept> entries = entries();
    long total = entries.stream().mapToLong(Kept::bytes).sum();
    for (Kept kept : entries) {
      if (total + bytes <= limitBytes) {
        break;
      }
      if (delete(kept.path())) {
        total -= kept.bytes();
      }
    }
    if (total + bytes > limitBytes) {
      return Optional.of("other builds use what is in the cache");
    }
    FileStore store = Files.getFileStore(folder);
    // As much again stays free: a build that ends on a full disk has gained nothing from its cache.
    return store.getUsableSpace() / 2 < bytes ? Optional.of("its disk is almost full") : Optional.empty();
  }

  /**
   * What {@link #clear} did.
   *
   * @param results deleted
   * @param bytes the size of all that was deleted
   * @param held results that other runs hold, which stay
   * @param foreign folders where results are that this cache did not make, which stay
   */
  public record Cleared(int results, long bytes, int held, List<Path> foreign) {}

  /**
   * Deletes all results, and what killed runs left behind. Only what this cache made is touched: a folder with the
   * name of a fingerprint and the manifest of that fingerprint in it.
   *
   * @throws IOException if something cannot be looked at or deleted
   */
  public Cleared clear() throws IOException {
    if (!Files.isDirectory(results())) {
      return new Cleared(0, 0, 0, List.of());
    }
    long bytes = 0;
    List<Path> leftovers = children(LEFTOVER);
    for (Path path : leftovers) {
      bytes += size(path);
    }
    deleteLeftovers();
    for (Path path : leftovers) {
      bytes -= Files.exists(path) ? size(path) : 0;
    }
    int results = 0;
    int held = 0;
    List<Path> foreign = new ArrayList<>();
    for (Kept kept : entries()) {
      if (!isResult(kept.path())) {
        foreign.add(kept.path());
      } else if (delete(kept.path())) {
        results++;
        bytes += kept.bytes();
      } else {
        held++;
      }
    }
    return new Cleared(results, bytes, held, List.copyOf(foreign));
  }

  private static boolean isResult(Path entry) {
    try {
      Manifest manifest = Json.read(entry.resolve(Workspace.MANIFEST), Manifest.class);
      return entry.getFileName().toString().equals(manifest.fingerprint());
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * One entry.
   *
   * @param path its folder
   * @param bytes the size of its files
   * @param used when it was last made or taken
   */
  private record Kept(Path path, long bytes, FileTime used) {}

  /** Returns all entries, the least recently used one first. */
  private List<Kept> entries() throws IOException {
    List<Kept> kept = new ArrayList<>();
    for (Path path : children(ENTRY)) {
      try {
        kept.add(new Kept(path, size(path), Files.getLastModifiedTime(path)));
      } catch (NoSuchFileException e) {
        continue; // Another build made room at the same moment.
      }
    }
    kept.sort(Comparator.comparing(Kept::used).thenComparing(Kept::path));
    return kept;
  }

  private void deleteLeftovers() throws IOException {
    for (Path path : children(LEFTOVER)) {
      String name = path.getFileName().toString();
      delete(path.resolveSibling(name.substring(0, name.indexOf('.'))), StageFolder::clean);
    }
  }

  /** Deletes an entry, if nobody holds it. */
  private static boolean delete(Path entry) throws IOException {
    return delete(entry, StageFolder::remove);
  }

  private static boolean delete(Path entry, Consumer<StageFolder> action) throws IOException {
    Optional<LockFile> lock = LockFile.tryAcquire(entry, "the cache, which makes room");
    if (lock.isEmpty()) {
      return false;
    }
    try (LockFile held = lock.get()) {
      held.confirm();
      action.accept(new StageFolder(entry));
      return true;
    }
  }

  private Path results() {
    return folder.resolve("results");
  }

  /** Returns the folders in those of the goals that have a name of this form; nothing else is touched. */
  private List<Path> children(Pattern form) throws IOException {
    try (Stream<Path> below = Files.find(results(), 2, (path, attributes) -> attributes.isDirectory())) {
      return below
          .filter(path -> path.getParent().getParent().equals(results()))
          .filter(path -> form.matcher(path.getFileName().toString()).matches())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns the size of all files below a folder. */
  static long size(Path entry) throws IOException {
    try (Stream<Path> files = Files.walk(entry)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
