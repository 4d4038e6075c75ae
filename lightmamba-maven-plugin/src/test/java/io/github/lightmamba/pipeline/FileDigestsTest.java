package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
  private static final int SIZE = (int) FileDigests.LARGE_BYTES;

  @TempDir Path temp;
  private Path memo;
  private Path file;

  @BeforeEach
  void file() throws IOException {
    memo = temp.resolve("memo.json");
    file = temp.resolve("model.safetensors");
    fill(file, SIZE, 'a', LONG_AGO);
  }

  @Test
  void knownDigests() {
    // FIPS 180-4 examples.
    assertThat(Sha256.of("")).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Sha256.of("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void remembersLargeFilesByPathSizeTimeAndInode() throws IOException {
    String a = digest(false);
    assertThat(a).isEqualTo(Sha256.of(file));
    // Same size, time and inode: only a second reading would see the change.
    fill(file, SIZE, 'b', LONG_AGO);
    assertThat(digest(false)).isEqualTo(a);
    assertThat(digest(true)).isEqualTo(Sha256.of(file)).isNotEqualTo(a);
  }

  @Test
  void anotherTimeSizeOrInodeIsReadAgain() throws IOException {
    digest(false);
    fill(file, SIZE, 'b', FileTime.from(LONG_AGO.toInstant().plusMillis(1)));
    assertThat(digest(false)).isEqualTo(Sha256.of(file));
    fill(file, SIZE + 1, 'c', FileTime.from(LONG_AGO.toInstant().plusMillis(1)));
    assertThat(digest(false)).isEqualTo(Sha256.of(file));
    Path other = temp.resolve("other");
    fill(other, SIZE + 1, 'd', FileTime.from(LONG_AGO.toInstant().plusMillis(1)));
    Files.delete(file);
    Files.move(other, file);
    assertThat(digest(false)).isEqualTo(Sha256.of(file));
  }

  @Test
  void filesThatAreStillWarmOrSmallAreNotRemembered() throws IOException {
    fill(file, SIZE, 'a', FileTime.from(Instant.now()));
    digest(false);
    assertThat(memo).doesNotExist();
    fill(file, SIZE - 1, 'a', LONG_AGO);
    digest(false);
    assertThat(memo).doesNotExist();
  }

  @Test
  void whatThisProcessWroteIsRememberedAtOnce() throws IOException {
    fill(file, SIZE, 'a', FileTime.from(Instant.now()));
    FileDigests digests = new FileDigests(memo, false);
    digests.remember(file, "cafe");
    digests.save();
    assertThat(digest(false)).isEqualTo("cafe");
  }

  @Test
  void damagedMemoryCostsOnlyTime() throws IOException {
    Files.writeString(memo, "{\"files\": nonsense");
    assertThat(digest(false)).isEqualTo(Sha256.of(file));
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> new FileDigests(memo, false).sha256(temp.resolve("nothing")))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("LM-FILE-001")
        .hasMessageContaining("nothing");
  }

  private String digest(boolean rehash) throws IOException {
    FileDigests digests = new FileDigests(memo, rehash);
    String sha = digests.sha256(file);
    digests.save();
    return sha;
  }

  private static void fill(Path file, int size, char with, FileTime time) throws IOException {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) with);
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }
}
