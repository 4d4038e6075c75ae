package io.github.lightmamba.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A mapped matrix")
class MappedMatrixTest {
  @Test
  @DisplayName("converts all 65536 halves as IEEE 754 defines them")
  void halves() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      int mantissa = bits & 1023;
      double sign = bits >> 15 == 0 ? 1 : -1;
      double expected;
      if (exponent == 31) {
        expected = mantissa == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        expected = sign * Math.scalb(mantissa / 1024.0, -14);
      } else {
        expected = sign * Math.scalb(1 + mantissa / 1024.0, exponent - 15);
      }
      Float converted = FloatFormat.halfToFloat((short) bits);
      // Boxed, so that NaN equals NaN and 0 does not equal -0.
      assertThat(converted).as("half %04x", bits).isEqualTo(Float.valueOf((float) expected));
    }
  }

  @Test
  @DisplayName("reads rows across chunks, in every format")
  void chunks() {
    for (FloatFormat format : FloatFormat.values()) {
      MappedMatrix matrix = new MappedMatrix(List.of(ones(format, 6), ones(format, 3)), format, 2, 3, 3);
      float[] row = new float[5];
      for (int r = 0; r < 3; r++) {
        matrix.readRow(r, row, 1);
        assertThat(row).as("%s row %d", format, r).containsExactly(0, 1, 1, 1, 0);
      }
      assertThatThrownBy(() -> matrix.readRow(3, row, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  @DisplayName("refuses chunks of another size")
  void refusesWrongSize() {
    assertThatThrownBy(() -> new MappedMatrix(List.of(ones(FloatFormat.F32, 5)), FloatFormat.F32, 2, 2, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ByteBuffer ones(FloatFormat format, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      switch (format) {
        case F32 -> bytes.putFloat(1);
        case F16 -> bytes.putShort((short) 0x3c00);
        case BF16 -> bytes.putShort((short) 0x3f80);
      }
    }
    return bytes.flip();
  }
}
