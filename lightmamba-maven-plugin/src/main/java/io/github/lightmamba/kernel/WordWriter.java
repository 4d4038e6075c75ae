package io.github.lightmamba.kernel;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes an image: little-endian numbers, padded to words of 512 bits where asked. Not thread-safe. */
final class WordWriter implements AutoCloseable {
  private final OutputStream out;
  private long bytes;

  WordWriter(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  void int8(int value) throws IOException {
    out.write(value);
    bytes++;
  }

  void int16(int value) throws IOException {
    int8(value);
    int8(value >> 8);
  }

  void int32(int value) throws IOException {
    int16(value);
    int16(value >> 16);
  }

  void int64(long value) throws IOException {
    int32((int) value);
    int32((int) (value >> 32));
  }

  void bytes(byte[] values) throws IOException {
    out.write(values);
    bytes += values.length;
  }

  void zeros(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int8(0);
    }
  }

  /** Fills the word at hand with zeros. */
  void pad() throws IOException {
    zeros((int) Math.floorMod(-bytes, (long) Schedule.WORD_BYTES));
  }

  /** Words written so far; the image has to be padded. */
  long words() {
    if (bytes % Schedule.WORD_BYTES != 0) {
      throw new IllegalStateException(bytes + " bytes are no whole words");
    }
    return bytes / Schedule.WORD_BYTES;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
