package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The right to change a folder, among all processes and threads.
 *
 * <p>The lock file {@code .<folder>.lock} beside the folder stays: to delete it would let two runs hold locks on two
 * files of one name. It names its last owner, for those who wait. The lock itself goes with the process, however that
 * ends.
 */
public final class LockFile implements AutoCloseable {
  /** Only this byte is locked: Windows lets nobody read what is, and those who wait read the owner. */
  private static final long LOCKED_BYTE = 1L << 40;

  private static final long POLL_MILLIS = 100;
  private static final long REMIND_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int OWNER_BYTES = 500;

  /**
   * What this JVM holds. Asked before the file is opened: on POSIX, closing any channel of a file frees all locks that
   * the process has on it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Returns the lock file of a folder. */
  static Path of(Path folder) {
    return folder.resolveSibling("." + folder.getFileName() + ".lock");
  }

  /**
   * Takes the lock, if nobody has it.
   *
   * @param folder the folder, whose parent exists; itself it need not
   * @param owner who takes it, for people
   * @throws IOException if the lock file cannot be made
   */
  static Optional<LockFile> tryAcquire(Path folder, String owner) throws IOException {
    Path named = of(folder).toAbsolutePath();
    Path file = named.getParent().toRealPath().resolve(named.getFileName());
    if (!HELD.add(file)) {
      return Optional.empty(); // A parallel build.
    }
    boolean taken = false;
    try {
      Optional<LockFile> lock = open(file, owner);
      taken = lock.isPresent();
      return lock;
    } finally {
      if (!taken) {
        HELD.remove(file);
      }
    }
  }

  /**
   * Takes the lock; waits as long as somebody has it.
   *
   * @param folder the folder, whose parent exists
   * @param owner who takes it, for people
   * @param waiting is told whom it waits for, at once and then every 30 seconds
   * @throws IOException if the lock file cannot be made
   * @throws LightMambaException {@link ErrorCode#STAGE_BUSY} if this thread is interrupted
   */
  public static LockFile acquire(Path folder, String owner, Consumer<String> waiting) throws IOException {
    long told = 0;
    boolean first = true;
    while (true) {
      Optional<LockFile> lock = tryAcquire(folder, owner);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (first || System.nanoTime() - told > REMIND_NANOS) {
        waiting.accept(owner(folder));
        told = System.nanoTime();
        first = false;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LightMambaException(
            ErrorCode.STAGE_BUSY,
            "The wait for " + owner(folder) + ", which holds " + of(folder) + ", was interrupted.",
            "run the goal again when the other run has ended.",
            e);
      }
    }
  }

  /** Returns who took the lock last, for people. */
  private static String owner(Path folder) {
    try {
      String text = Files.readString(of(folder));
      return text.isBlank() ? "another run" : text;
    } catch (IOException e) {
      return "another run";
    }
  }

  private static Optional<LockFile> open(Path file, String owner) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
      if (lock == null) {
        return Optional.empty();
      }
      sign(channel, owner + " (process " + ProcessHandle.current().pid() + ")");
      return Optional.of(new LockFile(file, channel));
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // Held in this JVM by another class loader's copy of this class.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  private static void sign(FileChannel channel, String owner) {
    byte[] text = owner.getBytes(StandardCharsets.UTF_8);
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text, 0, Math.min(text.length, OWNER_BYTES)), 0);
    } catch (IOException e) {
      return; // A full disk: those who wait do not learn the name, but the lock holds.
    }
  }

  /** Fails if the lock is not held any more. */
  public void confirm() throws IOException {
    if (!channel.isOpen()) {
      throw new IOException("the lock " + file + " was lost");
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close(); // Closing releases the lock.
    } finally {
      HELD.remove(file);
    }
  }
}
