package io.github.lightmamba.pipeline;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * The place of one result in the cache, from {@link ResultCache#open} until it is closed.
 *
 * <p>Without a lock, in a cache that is read-only, it can be taken but not kept: what is taken is checked anyway.
 * Nothing here fails a build.
 */
final class CacheEntry implements AutoCloseable {
  private final ResultCache cache;
  private final Path entry;
  private final Fingerprint fingerprint;
  private final Optional<LockFile> lock;
  private final boolean waited;
  private final Progress progress;
  private boolean warned;

  CacheEntry(
      ResultCache cache,
      Path entry,
      Fingerprint fingerprint,
      Optional<LockFile> lock,
      boolean waited,
      Progress progress) {
    this.cache = cache;
    this.entry = entry;
    this.fingerprint = fingerprint;
    this.lock = lock;
    this.waited = waited;
    this.progress = progress;
  }

  /** Returns whether another run had the same result in hand, so that things may have changed since. */
  boolean waited() {
    return waited;
  }

  /**
   * Copies the result, if it is here and whole; what is not whole is discarded with a warning.
   *
   * @param into an empty folder; if nothing is returned, it may hold rests
   * @return the manifest of what was copied, which is not copied itself
   * @throws IOException if the result is whole, but cannot be written where it is needed
   */
  Optional<Manifest> take(Path into) throws IOException {
    if (!Files.isDirectory(entry)) {
      return Optional.empty();
    }
    Manifest manifest;
    try {
      manifest = Json.read(entry.resolve(Workspace.MANIFEST), Manifest.class);
      Optional<String> damage = damage(manifest);
      if (damage.isPresent()) {
        discard(damage.get());
        return Optional.empty();
      }
    } catch (IOException | LightMambaException e) {
      discard("it cannot be read: " + e);
      return Optional.empty();
    }
    try {
      StageFolder.copy(entry, into);
    } catch (NoSuchFileException e) {
      trouble("lost the result while it was read", e); // Only without a lock.
      return Optional.empty();
    }
    Files.delete(into.resolve(Workspace.MANIFEST));
    touch();
    return Optional.of(manifest);
  }

  /**
   * Keeps a result.
   *
   * @param from a stage's folder with its manifest
   */
  void keep(Path from) {
    if (lock.isEmpty()) {
      return; // Said when it was opened.
    }
    StageFolder place = new StageFolder(entry);
    try {
      Optional<String> full = cache.makeRoom(ResultCache.size(from));
      if (full.isPresent()) {
        warn(cache.folder() + " does not keep the result: " + full.get());
        return;
      }
      StageFolder.copy(from, place.begin());
      lock.get().confirm();
      place.publish();
    } catch (IOException | LightMambaException e) {
      trouble("does not keep the result", e);
      clean(place);
    }
  }

  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException e) {
      trouble("keeps a lock", e);
    }
  }

  /** Says what does not work; once, so that a build has one warning. */
  void trouble(String what, Exception e) {
    warn(cache.folder() + " " + what + " (" + e + ")");
  }

  private void warn(String what) {
    if (!warned) {
      warned = true;
      progress.warn("the cache " + what + "; the build goes on without it");
    }
  }

  private Optional<String> damage(Manifest manifest) {
    boolean same =
        manifest.succeeded()
            && manifest.fingerprint().equals(fingerprint.sha256())
            && Fingerprint.of(manifest.goal(), Inputs.of(manifest.inputs())).equals(fingerprint);
    if (!same) {
      return Optional.of("its manifest is of another result");
    }
    return StageFolder.outputs(entry).equals(manifest.outputs())
        ? Optional.empty()
        : Optional.of("its files are not those of its manifest");
  }

  private void discard(String why) {
    progress.warn("the cached result " + entry + " is damaged (" + why + ") and not used");
    if (lock.isPresent()) {
      try {
        new StageFolder(entry).remove();
      } catch (LightMambaException e) {
        trouble("cannot delete it", e);
      }
    }
  }

  /** Notes that the entry was used. */
  private void touch() {
    if (lock.isPresent()) {
      try {
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
      } catch (IOException e) {
        trouble("does not note what is used", e);
      }
    }
  }

  private void clean(StageFolder place) {
    try {
      place.clean();
    } catch (LightMambaException e) {
      trouble("keeps rests", e);
    }
  }
}
