package io.github.lightmamba.csim;

import static io.github.lightmamba.csim.ExactArithmetic.clamp;
import static io.github.lightmamba.csim.ExactArithmetic.rnd;
import static io.github.lightmamba.csim.ExactArithmetic.shift;
import static io.github.lightmamba.csim.ExactArithmetic.smallestExponent;
import static io.github.lightmamba.csim.StageCases.hex;
import static io.github.lightmamba.csim.StageCases.join;
import static io.github.lightmamba.csim.StageCases.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Oracles: BigInteger, element by element, so that no packing and no nesting of groups is shared with the kernels. */
@DisplayName("Stages over vectors, for every scheme")
class KernelVectorStagesTest {

  private static final int LANES = 4;

  /** Partial last words, several words of exponents, groups below and above a word, weight groups below activation. */
  enum Shape {
    W8A8_HEAD8(8, 8, 8, 80, 160, 20, 4, 16, 32, 16, 32, 0, 1),
    W8A8_HEAD4(8, 8, 4, 128, 160, 20, 14, 32, 8, 128, 32, 1, 1),
    W4A8_HEAD8(4, 8, 8, 192, 40, 20, 5, 32, 8, 64, 8, 0, 2),
    W4A8_HEAD4(4, 8, 4, 40, 96, 12, 2, 8, 32, 8, 8, 1, 2),
    W4A4_HEAD8(4, 4, 8, 2112, 48, 48, 6, 8, 16, 64, 16, 1, 4),
    W4A4_HEAD4(4, 4, 4, 256, 128, 1, 29, 32, 16, 128, 32, 0, 1);

    final int bits;
    final int activationBits;
    final int headBits;
    final int model;
    final int inner;
    final int factor;
    final int conv;
    final int activationModel;
    final int activationInner;
    final int weightModel;
    final int weightInner;
    final boolean bias;
    final int normGroups;

    Shape(int bits, int activationBits, int headBits, int model, int inner, int factor, int conv, int activationModel,
        int activationInner, int weightModel, int weightInner, int bias, int normGroups) {
      this.bits = bits;
      this.activationBits = activationBits;
      this.headBits = headBits;
      this.model = model;
      this.inner = inner;
      this.factor = factor;
      this.conv = conv;
      this.activationModel = activationModel;
      this.activationInner = activationInner;
      this.weightModel = weightModel;
      this.weightInner = weightInner;
      this.bias = bias == 1;
      this.normGroups = normGroups;
    }

    KernelSources sources() throws IOException {
      return new KernelSources().lanes(LANES).set("model", model).set("inner", inner)
          .set("heads", 2).set("headDim", inner / 2).set("state", 16).set("groups", 1).set("conv", conv)
          .set("layers", 2).set("vocabulary", 40).set("units", 2).set("stateGroup", 16)
          .set("activationGroupModel", activationModel).set("activationGroupInner", activationInner)
          .set("weightGroupModel", weightModel).set("weightGroupInner", weightInner).set("bias", bias ? 1 : 0)
          .set("normGroups", normGroups).hadamard(factor, Integer.numberOfTrailingZeros(inner / factor));
    }
  }

  @TempDir
  Path folder;

  private final Random random = new Random(20260720);
  private final StageCases cases = new StageCases();

  @ParameterizedTest
  @EnumSource
  @DisplayName("agree with exact arithmetic")
  void agree(Shape shape) throws IOException {
    shape.sources().render("config/lightmamba_config.hpp", folder);
    cases.rsqrtTable();
    for (int i = 0; i < 10; i++) {
      for (int bits : new int[] {4, 8}) {
        quantizer("quantize", shape.model, shape.activationModel, bits, 32);
        quantizer("quantize_inner", shape.inner, shape.activationInner, bits, 38);
      }
      int rows = 1 + random.nextInt(40);
      int lanes = 1 + random.nextInt(LANES);
      product("product", lanes, rows, shape.model, shape.activationModel, shape.weightModel, shape.bits,
          shape.activationBits, shape.bias);
      product("product_inner", lanes, rows, shape.inner, shape.activationInner, shape.weightInner, shape.bits,
          shape.activationBits, shape.bias);
      product("product_head", lanes, rows, shape.model, shape.activationModel, shape.weightModel, shape.headBits, 8,
          false);
      gatedNorm(shape);
      convolution(shape.conv);
      hadamard(shape.inner, shape.factor);
    }
    cases.run(folder);
  }

  /** Kind, cycles of a word, lanes of a cycle in DSPs; the head's products have the other width. */
  @ParameterizedTest
  @CsvSource({
    "W8A8_HEAD4, 1, 1, 4", "W4A8_HEAD8, 2, 1, 4", "W4A4_HEAD8, 1, 2, 2", "W4A4_HEAD4, 2, 4, 1",
    "W8A8_HEAD4, 0, 2, 1", "W4A8_HEAD8, 0, 4, 1", "W4A4_HEAD8, 0, 2, 2", "W4A8_HEAD4, 0, 1, 3", "W8A8_HEAD8, 1, 2, 1",
    "W4A4_HEAD8, 1, 1, 0"
  })
  @DisplayName("agree with exact arithmetic with every kind of multiplier, however the lanes are made")
  void allMultipliersAgree(Shape shape, int multiplier, int wordCycles, int dspLanes) throws IOException {
    shape.sources().set("multiplier", multiplier).multipliers(wordCycles, dspLanes)
        .render("config/lightmamba_config.hpp", folder);
    cases.rsqrtTable();
    for (int lanes = 1; lanes <= LANES; lanes++) {
      product("product", lanes, 20, shape.model, shape.activationModel, shape.weightModel, shape.bits,
          shape.activationBits, shape.bias);
      product("product_inner", lanes, 20, shape.inner, shape.activationInner, shape.weightInner, shape.bits,
          shape.activationBits, shape.bias);
      product("product_head", lanes, 20, shape.model, shape.activationModel, shape.weightModel, shape.headBits, 8,
          false);
    }
    cases.run(folder);
  }

  @Test
  @DisplayName("hold the largest sums of vectors of 2^14 elements")
  void largestSums() throws IOException {
    int length = 1 << 14;
    new KernelSources().set("model", length).set("inner", length).set("heads", 2).set("headDim", length / 2)
        .set("state", 16).set("groups", 1).set("conv", 2).set("layers", 1).set("vocabulary", 40).set("units", 1)
        .set("stateGroup", 16).set("activationGroupModel", 32).set("activationGroupInner", 32)
        .set("weightGroupModel", 128).set("weightGroupInner", 128).hadamard(1, 14)
        .render("config/lightmamba_config.hpp", folder);
    byte[] message = new byte[64 * (1 + 4 + length / 64)]; // u and every d are 0
    Arrays.fill(message, 64 * 5, message.length, (byte) 127);
    byte[] weights = new byte[2 * length];
    Arrays.fill(weights, 0, length, (byte) 127);
    Arrays.fill(weights, length, 2 * length, (byte) -127);
    byte[] scales = new byte[(2 * (128 + 1) + 63) / 64 * 64];
    Arrays.fill(scales, (byte) 255);
    long acc = length * 127L * 127 * 255 << 15;
    cases.exact("product 8 8 1 2 " + hex(message) + " " + hex(scales) + " " + hex(weights),
        new long[] {acc, 0, -acc, 0});
    long[] x = new long[length];
    Arrays.fill(x, -(1 << 23) + 1);
    long[] y = new long[length];
    y[0] = length * x[0];
    cases.exact("hadamard " + join(x), y);
    cases.run(folder);
  }

  private void hadamard(int inner, int factor) {
    int points = inner / factor;
    long[] x = random.longs(inner, -(1 << 23) + 1, 1 << 23).toArray();
    int[][] f = KernelSources.factor(factor);
    long[] expected = new long[inner];
    for (int i = 0; i < inner; i++) {
      for (int j = 0; j < inner; j++) {
        int sylvester = Integer.bitCount((i % points) & (j % points)) % 2 == 0 ? 1 : -1;
        expected[i] += sylvester * f[i / points][j / points] * x[j];
      }
    }
    cases.exact("hadamard " + join(x), expected);
  }

  private static int words(int elements, int bits) {
    return (elements * bits + 511) / 512;
  }

  /** Element i at bits i * width of the bytes from `at` on, two's complement. */
  private static void pack(byte[] bytes, int at, int i, int width, int value) {
    int bit = i * width;
    bytes[at + bit / 8] |= (byte) ((value & ((1 << width) - 1)) << (bit % 8));
  }

  private void quantizer(String op, int length, int group, int bits, int valueBits) {
    int groups = length / group;
    int qmax = bits == 8 ? 127 : 7;
    int spread = random.nextInt(valueBits - 1);
    long limit = (1L << (valueBits - 1)) - 1;
    long[] v = IntStream.range(0, length)
        .mapToLong(i -> random.nextLong(-limit, limit + 1) >> Math.min(valueBits - 1, spread + i / group % 8 * 5))
        .toArray();
    int[] e = IntStream.range(0, groups).map(g -> smallestExponent(
        Arrays.stream(v, g * group, (g + 1) * group).map(Math::abs).max().orElseThrow(),
        bits == 8 ? 2032 : group <= 8 ? 132 : group <= 16 ? 144 : 150))
        .toArray();
    int largest = Arrays.stream(e).max().orElseThrow();
    int values = 64 + 64 * words(groups, 4);
    byte[] expected = new byte[values + 64 * words(length, bits)];
    ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(7 - largest).putInt(50000);
    for (int i = 0; i < length; i++) {
      int d = Math.min(largest - e[i / group], 15);
      if (i % group == 0) {
        pack(expected, 64, i / group, 4, d);
      }
      int q = rnd(v[i], largest - d).intValueExact();
      pack(expected, values, i, bits, Math.max(-qmax, Math.min(qmax, q)));
    }
    cases.exact(op + " " + bits + " 50000 7 " + join(v),
        IntStream.range(0, expected.length).mapToLong(i -> expected[i] & 255).toArray());
  }

  private void product(String op, int lanes, int rows, int length, int group, int weightGroup, int bits,
      int activationBits, boolean biased) {
    int groups = length / group;
    int weightGroups = length / weightGroup;
    int values = 64 + 64 * words(groups, 4);
    int qmax = (1 << (activationBits - 1)) - 1;
    int wmax = (1 << (bits - 1)) - 1;
    int[] u = random.ints(lanes, 1 << 15, (1 << 16) + 1).toArray();
    int[] t = random.ints(lanes, -20, 20).toArray();
    int[][] d = new int[lanes][];
    int[][] q = new int[lanes][];
    StringBuilder messages = new StringBuilder();
    for (int lane = 0; lane < lanes; lane++) {
      byte[] message = new byte[values + 64 * words(length, activationBits)];
      ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(t[lane]).putInt(u[lane]);
      d[lane] = random.ints(groups, 0, 16).toArray();
      q[lane] = random.ints(length, -qmax, qmax + 1).toArray();
      for (int g = 0; g < groups; g++) {
        pack(message, 64, g, 4, d[lane][g]);
      }
      for (int i = 0; i < length; i++) {
        pack(message, values, i, activationBits, q[lane][i]);
      }
      messages.append(hex(message)).append(' ');
    }
    int rowBytes = weightGroups + 1 + (biased ? 4 : 0);
    StringBuilder scales = new StringBuilder();
    int rowSize = 64 * words(length, bits);
    byte[] weights = new byte[rows * rowSize];
    long[] expected = new long[2 * rows * lanes];
    for (int base = 0; base < rows; base += 16) {
      int inBlock = Math.min(16, rows - base);
      ByteBuffer block = ByteBuffer.allocate((inBlock * rowBytes + 63) / 64 * 64).order(ByteOrder.LITTLE_ENDIAN);
      for (int row = base; row < base + inBlock; row++) {
        int[] m = random.ints(weightGroups, 0, 256).toArray();
        int kappa = random.nextInt(0, 40);
        int bias = row % 5 == 0 ? Integer.MIN_VALUE : random.nextInt();
        int[] w = random.ints(length, -wmax, wmax + 1).toArray();
        for (int i = 0; i < length; i++) {
          pack(weights, row * rowSize, i, bits, w[i]);
        }
        Arrays.stream(m).forEach(mantissa -> block.put((byte) mantissa));
        block.put((byte) kappa);
        if (biased) {
          block.putInt(bias);
        }
        for (int lane = 0; lane < lanes; lane++) {
          BigInteger acc = BigInteger.ZERO;
          for (int i = 0; i < length; i++) {
            acc = acc.add(BigInteger.valueOf((long) m[i / weightGroup] * w[i] * q[lane][i])
                .shiftLeft(15 - d[lane][i / group]));
          }
          BigInteger p = shift(rnd(acc.longValueExact(), 12).multiply(BigInteger.valueOf(u[lane])), kappa + t[lane],
              32);
          if (biased) {
            p = clamp(p.add(BigInteger.valueOf(bias)), 32);
          }
          expected[2 * (row * lanes + lane)] = acc.longValueExact();
          expected[2 * (row * lanes + lane) + 1] = p.longValueExact();
        }
      }
      scales.append(hex(block.array()));
    }
    cases.exact(op + " " + bits + " " + activationBits + " " + lanes + " " + rows + " " + messages + scales + " "
        + hex(weights), expected);
  }

  /** Groups of very different size, so that a norm over the wrong channels shows. */
  private void gatedNorm(Shape shape) {
    int length = shape.inner / shape.normGroups;
    int epsilon = 1 + random.nextInt(1000);
    int gainShift = 15;
    long[] v = IntStream.range(0, shape.inner)
        .mapToLong(i -> random.nextInt(-(1 << 23) + 1, 1 << 23) >> (4 * (i / length % 4))).toArray();
    long[] g = random.longs(shape.inner, -32767, 32768).toArray();
    byte[] gains = new byte[(2 * shape.inner + 63) / 64 * 64];
    ByteBuffer gainBytes = ByteBuffer.wrap(gains).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(g).forEach(gain -> gainBytes.putShort((short) gain));
    String line = "gated " + epsilon + " " + gainShift + " " + hex(gains) + " " + join(v);
    // Table and result of rsqrt: one unit of u >= 2^15; interpolation below 1.5e-6.
    double relative = Math.pow(2, -15) + 1.5e-6;
    cases.add(line, actual -> {
      long[] a = parse(actual);
      for (int group = 0; group < shape.normGroups; group++) {
        double sum = epsilon;
        for (int i = group * length; i < (group + 1) * length; i++) {
          sum += (double) v[i] * v[i];
        }
        if (shape.normGroups == 1) {
          assertThat(a[0] * Math.pow(2, -16 - a[1]) * Math.sqrt(sum)).isCloseTo(1, within(relative));
        } else {
          assertThat(Arrays.copyOf(a, 2)).containsExactly(65536, 0);
        }
        for (int i = group * length; i < (group + 1) * length; i++) {
          if (shape.normGroups == 1) {
            assertThat(a[2 + i]).isEqualTo(shift(BigInteger.valueOf(v[i] * g[i]), gainShift, 24).longValueExact());
          } else {
            // Both results are rounded to half a unit; the first is then scaled by g.
            double w = v[i] / Math.sqrt(sum) * (1 << 22) * g[i] / (1 << gainShift);
            double tolerance = Math.abs(w) * relative + 0.5 * Math.abs(g[i]) / (1 << gainShift) + 0.5 + 1e-6;
            assertThat((double) a[2 + i]).isCloseTo(w, within(tolerance));
          }
        }
      }
    });
  }

  private void convolution(int conv) {
    int size = Math.max(16, Integer.highestOneBit(2 * conv + 4) * 2);
    int index = random.nextInt(64 / size);
    byte[] word = new byte[64];
    random.nextBytes(word);
    int[] taps = random.ints(conv, -32767, 32768).toArray();
    long[] x = random.longs(conv, -32767, 32768).toArray();
    int bias = random.nextInt();
    int scale = random.nextInt(-3, 20);
    BigInteger sum = BigInteger.valueOf(bias);
    ByteBuffer record = ByteBuffer.wrap(word, index * size, size).order(ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < conv; k++) {
      record.putShort((short) taps[k]);
      sum = sum.add(BigInteger.valueOf(taps[k] * x[k]));
    }
    record.putInt(bias).put((byte) scale);
    long[] expected = x.clone();
    expected[0] = shift(sum, scale, 32).longValueExact();
    cases.exact("convolution " + index + " " + hex(word) + " " + join(x), expected);
  }
}
