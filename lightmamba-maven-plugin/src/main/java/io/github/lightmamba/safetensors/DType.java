package io.github.lightmamba.safetensors;

import io.github.lightmamba.tensor.FloatFormat;
import java.util.Optional;

/** The element types of a safetensors file; names as in the header. */
public enum DType {
  /** A byte that is 0 or 1. */
  BOOL(1),
  /** Unsigned, 8 bits. */
  U8(1),
  /** Signed, 8 bits. */
  I8(1),
  /** Unsigned, 16 bits. */
  U16(2),
  /** Signed, 16 bits. */
  I16(2),
  /** Unsigned, 32 bits. */
  U32(4),
  /** Signed, 32 bits. */
  I32(4),
  /** Unsigned, 64 bits. */
  U64(8),
  /** Signed, 64 bits. */
  I64(8),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of binary32. */
  BF16(2),
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary64. */
  F64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Returns the float format of the type, empty if it is no float that converts exactly to 32 bits. */
  public Optional<FloatFormat> floatFormat() {
    return switch (this) {
      case F16 -> Optional.of(FloatFormat.F16);
      case BF16 -> Optional.of(FloatFormat.BF16);
      case F32 -> Optional.of(FloatFormat.F32);
      default -> Optional.empty();
    };
  }
}
