package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A stage's folder, which changes in one move.
 *
 * <p>New output grows in {@code <folder>.next}, whose manifest is written last. To publish it, the folder is renamed to
 * {@code <folder>.old}, {@code .next} takes its name, and {@code .old} goes. A kill between the two renames leaves two
 * complete folders and none of the right name; {@link #recover} then finishes the move.
 */
final class StageFolder {
  private final Path folder;
  private final Path next;
  private final Path old;

  StageFolder(Path folder) {
    this.folder = folder;
    this.next = folder.resolveSibling(folder.getFileName() + ".next");
    this.old = folder.resolveSibling(folder.getFileName() + ".old");
  }

  /** Puts right what a killed run left behind, if anything; what a living run is about to do is left to it. */
  void recover() {
    if (!Files.exists(folder) && (Files.exists(next) || Files.exists(old))) {
      guard(
          () -> {
            Optional<LockFile> lock = LockFile.tryAcquire(folder, "a reader, which puts it right");
            if (lock.isPresent()) {
              try (LockFile held = lock.get()) {
                held.confirm();
                takeComplete();
              }
            }
            return null;
          });
    }
  }

  private void takeComplete() throws IOException {
    Path complete = Files.isRegularFile(next.resolve(Workspace.MANIFEST)) ? next : old;
    if (!Files.exists(folder) && Files.isRegularFile(complete.resolve(Workspace.MANIFEST))) {
      Files.move(complete, folder);
    }
  }

  /** Returns the folder in which new output grows. */
  Path next() {
    return next;
  }

  /** Removes leftovers and makes an empty {@code .next}. */
  Path begin() {
    return guard(
        () -> {
          clean();
          return Files.createDirectories(next);
        });
  }

  /** Removes what is half written. */
  void clean() {
    guard(
        () -> {
          delete(next);
          delete(old);
          return null;
        });
  }

  /** Removes the folder, its name first, so that a kill leaves none that looks whole. */
  void remove() {
    guard(
        () -> {
          delete(old);
          if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(folder, old);
          }
          delete(old);
          return null;
        });
  }

  /** Puts {@code .next}, which is complete, in the place of the folder. */
  void publish() {
    guard(
        () -> {
          if (Files.exists(folder)) {
            Files.move(folder, old);
          }
          Files.move(next, folder);
          delete(old);
          return null;
        });
  }

  /** Refuses a folder with files but without a manifest: it was not made by a stage. */
  void refuseForeign() {
    if (Files.isDirectory(folder) && !Files.exists(folder.resolve(Workspace.MANIFEST))) {
      boolean empty =
          guard(
              () -> {
                try (Stream<Path> files = Files.list(folder)) {
                  return files.findAny().isEmpty();
                }
              });
      if (!empty) {
        throw new LightMambaException(
            ErrorCode.STAGE_FOREIGN,
            "The folder " + folder + " has files but no " + Workspace.MANIFEST + ", so no goal made it.",
            "move it away or delete it, or choose another work directory with -Dlightmamba.workDirectory.");
      }
    }
  }

  /** Returns the files of a folder, sorted by path, without the manifest; a link is none. */
  static List<Output> outputs(Path folder) {
    return guard(
        () -> {
          List<Output> outputs = new ArrayList<>();
          try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(StageFolder::isFile)::iterator) {
              String path = folder.relativize(file).toString().replace('\\', '/');
              if (!path.equals(Workspace.MANIFEST)) {
                outputs.add(new Output(path, Files.size(file), Sha256.of(file)));
              }
            }
          }
          outputs.sort(Comparator.comparing(Output::path));
          return outputs;
        });
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the first file that is missing or has another length, in words. */
  Optional<String> damage(Manifest manifest) {
    return manifest.outputs().stream()
        .map(
            output -> {
              Path file = folder.resolve(output.path());
              if (!Files.isRegularFile(file)) {
                return output.path() + " is missing";
              }
              long size = guard(() -> Files.size(file));
              return size == output.size() ? null : output.path() + " has " + size + " bytes, not " + output.size();
            })
        .filter(damage -> damage != null)
        .findFirst();
  }

  /** Returns the first file that is missing or has another content, in words. */
  Optional<String> damage(Manifest manifest, FileDigests digests) {
    return damage(manifest)
        .or(
            () ->
                manifest.outputs().stream()
                    .filter(output -> !digests.sha256(folder.resolve(output.path())).equals(output.sha256()))
                    .map(output -> output.path() + " was modified")
                    .findFirst());
  }

  /**
   * Copies a folder with its manifest, which comes last; links are not followed and not copied.
   *
   * @param to an empty folder
   */
  static void copy(Path from, Path to) throws IOException {
    Path manifest = from.resolve(Workspace.MANIFEST);
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(file -> isFile(file) && !file.equals(manifest)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
    }
    Files.copy(manifest, to.resolve(Workspace.MANIFEST), LinkOption.NOFOLLOW_LINKS);
  }

  /** Deletes a tree, if there is one. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree( // Does not follow links, so that nothing outside the tree goes.
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private interface FileAction<T> {
    T run() throws IOException;
  }

  private static <T> T guard(FileAction<T> action) {
    try {
      return action.run();
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_WRITABLE,
          "Working on a stage's folder failed (" + e + ").",
          "check free space and permissions of the work directory.",
          e);
    }
  }
}
