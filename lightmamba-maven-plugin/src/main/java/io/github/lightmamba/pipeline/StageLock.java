package io.github.lightmamba.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The right to change a stage's folder, among all processes and threads.
 *
 * <p>The lock file {@code .<folder>.lock} beside the folder stays: to delete it would let two runs hold locks on two
 * files of one name. The lock itself goes with the process, however that ends.
 */
final class StageLock implements AutoCloseable {
  private final FileChannel channel;

  private StageLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock, if nobody has it.
   *
   * @param folder the stage's folder, whose parent exists
   * @throws IOException if the lock file cannot be made
   */
  static Optional<StageLock> tryAcquire(Path folder) throws IOException {
    Path file = folder.resolveSibling("." + folder.getFileName() + ".lock");
    FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // Held in this JVM: a parallel build.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? Optional.empty() : Optional.of(new StageLock(channel));
  }

  /** Fails if the lock is not held any more. */
  void confirm() throws IOException {
    if (!channel.isOpen()) {
      throw new IOException("the lock of a stage's folder was lost");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close(); // Closing releases the lock.
  }
}
