package io.github.lightmamba.tensor;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The stored forms of a float, little-endian, and their exact conversion to 32 bits. */
public enum FloatFormat {
  /** IEEE 754 binary32. */
  F32(4) {
    @Override
    public void read(ByteBuffer bytes, int index, float[] target, int offset, int count) {
      FloatBuffer view = bytes.asFloatBuffer();
      view.get(index, target, offset, count);
    }
  },
  /** IEEE 754 binary16. */
  F16(2) {
    @Override
    public void read(ByteBuffer bytes, int index, float[] target, int offset, int count) {
      short[] halves = new short[count];
      bytes.asShortBuffer().get(index, halves);
      for (int i = 0; i < count; i++) {
        target[offset + i] = halfToFloat(halves[i]);
      }
    }
  },
  /** The upper half of binary32. */
  BF16(2) {
    @Override
    public void read(ByteBuffer bytes, int index, float[] target, int offset, int count) {
      short[] halves = new short[count];
      bytes.asShortBuffer().get(index, halves);
      for (int i = 0; i < count; i++) {
        target[offset + i] = Float.intBitsToFloat(halves[i] << 16);
      }
    }
  };

  private final int bytes;

  FloatFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes of one value. */
  public int bytes() {
    return bytes;
  }

  /**
   * Converts a run of values.
   *
   * @param bytes little-endian, position 0; the position does not change
   * @param index the first value, counted in values
   * @param target receives the values
   * @param offset the first place in {@code target}
   * @param count how many values
   */
  public abstract void read(ByteBuffer bytes, int index, float[] target, int offset, int count);

  /** Converts IEEE 754 binary16 to binary32; exact, subnormals, infinities and NaN included. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
    }
    if (exponent == 0) {
      // Subnormal: the mantissa counts steps of 2^-24, which binary32 holds exactly.
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
  }
}
