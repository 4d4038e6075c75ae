package io.github.lightmamba.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits. */
public final class Sha256 {
  private static final int BUFFER_BYTES = 1 << 17;

  private final MessageDigest digest;

  /** Starts a digest of nothing. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Appends bytes. */
  public Sha256 add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Appends a name and a length, so that neighbours cannot run into each other. */
  public Sha256 addNamed(String name, byte[] bytes) {
    add((name.length() + ":" + name + ":" + bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    return add(bytes);
  }

  /** Returns the 64 digits and ends the digest. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the digest of some bytes. */
  public static String of(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** Returns the digest of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the digest of a file's content.
   *
   * @throws IOException if the file cannot be read
   */
  public static String of(Path file) throws IOException {
    Sha256 sha = new Sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.digest.update(buffer, 0, n);
      }
    }
    return sha.hex();
  }
}
