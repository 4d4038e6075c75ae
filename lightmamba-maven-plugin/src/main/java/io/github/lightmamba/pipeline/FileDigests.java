package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The SHA-256 of files, with a memory for large ones.
 *
 * <p>A file of at least {@link #LARGE_BYTES} is read once; as long as its path, size, modification time and inode stay
 * the same, its digest comes from the memo file. A file that was modified in the last seconds is not remembered: a
 * second write within the resolution of the file system's clock would go unseen. Thread-safe.
 */
public final class FileDigests {
  /** From this size on a digest is remembered. */
  public static final long LARGE_BYTES = 1 << 20;

  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Path memoFile;
  private final Clock clock;
  private final Map<String, Memo> memo = new TreeMap<>();
  private boolean changed;

  /**
   * What is known of one file.
   *
   * @param size its length in bytes
   * @param modifiedNanos its modification time since 1970
   * @param inode device and inode as the platform prints them, or an empty text
   * @param sha256 its digest
   */
  record Memo(long size, long modifiedNanos, String inode, String sha256) {
    boolean sameFile(Memo other) {
      return size == other.size && modifiedNanos == other.modifiedNanos && inode.equals(other.inode);
    }
  }

  /**
   * The form of the memo file.
   *
   * @param files what is known, by absolute path
   */
  record MemoFile(Map<String, Memo> files) {}

  /**
   * Opens the memory.
   *
   * @param memoFile where digests are remembered; it need not exist
   * @param rehash whether what is remembered is ignored
   */
  public FileDigests(Path memoFile, boolean rehash) {
    this(memoFile, rehash, Clock.systemUTC());
  }

  FileDigests(Path memoFile, boolean rehash, Clock clock) {
    this.memoFile = memoFile;
    this.clock = clock;
    if (!rehash && Files.isRegularFile(memoFile)) {
      memo.putAll(load(memoFile));
    }
  }

  /**
   * Returns the digest of a file.
   *
   * @param file a regular file
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read
   */
  public synchronized String sha256(Path file) {
    try {
      Memo seen = look(file, "");
      String key = key(file);
      Memo known = memo.get(key);
      if (known != null && known.sameFile(seen)) {
        return known.sha256();
      }
      String sha = Sha256.of(file);
      Memo after = look(file, sha);
      long age = TimeUnit.MILLISECONDS.toNanos(clock.millis()) - after.modifiedNanos();
      if (after.sameFile(seen) && after.size() >= LARGE_BYTES && age > SETTLED_NANOS) {
        memo.put(key, after);
        changed = true;
      }
      return sha;
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          "The file " + file + " cannot be read (" + e + ").",
          "check its path and its permissions.",
          e);
    }
  }

  /**
   * Remembers the digest of a large file that this process has written and read, however new it is.
   *
   * @param file where the file is now
   * @param sha256 its digest
   * @throws IOException if the file cannot be looked at
   */
  public synchronized void remember(Path file, String sha256) throws IOException {
    Memo seen = look(file, sha256);
    if (seen.size() >= LARGE_BYTES) {
      memo.put(key(file), seen);
      changed = true;
    }
  }

  /**
   * Writes the memory, if it has changed and its folder exists; files that are gone are forgotten.
   *
   * @throws IOException if it cannot be written
   */
  public synchronized void save() throws IOException {
    if (!changed || !Files.isDirectory(memoFile.getParent())) {
      return;
    }
    memo.keySet().removeIf(path -> !Files.exists(Path.of(path)));
    Json.replace(memoFile, new MemoFile(memo));
    changed = false;
  }

  private static Map<String, Memo> load(Path file) {
    try {
      Map<String, Memo> files = Json.read(file, MemoFile.class).files();
      return files == null ? Map.of() : files;
    } catch (IOException e) {
      return Map.of(); // A damaged memory only costs the time to read the files again.
    }
  }

  private static String key(Path file) {
    return file.toAbsolutePath().normalize().toString();
  }

  private static Memo look(Path file, String sha256) throws IOException {
    BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
    if (!a.isRegularFile()) {
      throw new IOException("not a regular file");
    }
    String inode = a.fileKey() == null ? "" : a.fileKey().toString();
    return new Memo(a.size(), a.lastModifiedTime().to(TimeUnit.NANOSECONDS), inode, sha256);
  }
}
