package io.github.lightmamba.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages bytes at random places, one to three times, as bit rot, cut downloads and strangers do. Seeded. */
public final class Mutator {
  private static final long[] NUMBERS = {
    0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 32767, 65535, 65536, 1L << 31, (1L << 31) - 1, (1L << 32) - 1, 1L << 32,
    Long.MAX_VALUE, Long.MIN_VALUE, -1
  };

  private static final String[] TEXTS = {
    "null", "true", "{}", "[]", "\"\"", "-1", "1e400", "NaN", "0.5", "99999999999999999999", "\"../../etc/passwd\"",
    "[[[[[[[[[[[[[[[[", "{\"a\":", "\\u0000"
  };

  private final SplittableRandom random;
  private final boolean text;
  private byte[] bytes;

  private Mutator(byte[] bytes, boolean text, long seed) {
    this.bytes = bytes;
    this.text = text;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Returns a damaged copy.
   *
   * @param text whether numbers are written in decimal
   */
  public static byte[] mutate(byte[] original, boolean text, long seed) {
    Mutator mutator = new Mutator(original.clone(), text, seed);
    int times = 1 + mutator.random.nextInt(3);
    for (int i = 0; i < times && mutator.bytes.length > 0; i++) {
      mutator.once();
    }
    return mutator.bytes;
  }

  private void once() {
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(1 << random.nextInt(8)));
    if (text && random.nextBoolean()) {
      number(at); // What is still JSON gets further than what is not.
      return;
    }
    switch (random.nextInt(9)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> replace(at, length, new byte[0]);
      case 3 -> replace(at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 4 -> {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        replace(at, 0, noise);
      }
      case 5 -> {
        byte[] part = Arrays.copyOfRange(bytes, at, at + length);
        replace(at, length, new byte[0]);
        replace(random.nextInt(bytes.length + 1), 0, part);
      }
      case 6 -> {
        if (random.nextInt(4) == 0) {
          bytes = Arrays.copyOf(bytes, at);
        } else {
          bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
        }
      }
      default -> number(at);
    }
  }

  private void number(int at) {
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    if (text) {
      int start = at;
      while (start < bytes.length && (bytes[start] < '0' || bytes[start] > '9')) {
        start++;
      }
      int end = start;
      while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
        end++;
      }
      String other = random.nextInt(3) == 0 ? TEXTS[random.nextInt(TEXTS.length)] : Long.toString(value);
      replace(start, end - start, other.getBytes(StandardCharsets.UTF_8));
    } else {
      int width = 1 << random.nextInt(4);
      byte[] little = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
      System.arraycopy(little, 0, bytes, at, Math.min(width, bytes.length - at));
    }
  }

  private void replace(int at, int length, byte[] with) {
    byte[] result = new byte[bytes.length - length + with.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(with, 0, result, at, with.length);
    System.arraycopy(bytes, at + length, result, at + with.length, bytes.length - at - length);
    bytes = result;
  }
}
