package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Oracles: BigInteger for what is exact, double-precision mathematics within a derived tolerance for tables. */
@DisplayName("Stages of the kernels")
class KernelStagesTest {

  private static final int MODEL = 80;
  private static final int MODEL_GROUP = 16;
  private static final int INNER = 160;
  private static final int FACTOR = 20;
  private static final int POINTS = 8;
  private static final double LSB16 = 1.0 / (1 << 16);

  @TempDir
  Path folder;

  private final Random random = new Random(20260719);
  private final List<String> input = new ArrayList<>();
  private final List<Consumer<String>> checks = new ArrayList<>();

  @Test
  @DisplayName("agree with exact arithmetic and, where they interpolate, with mathematics")
  void agree() throws IOException {
    KernelSources sources = new KernelSources().set("model", MODEL).set("inner", INNER).set("heads", 5)
        .set("headDim", 32).set("state", 32).set("groups", 1).set("conv", 4).set("layers", 2).set("vocabulary", 40)
        .set("units", 2).set("activationGroupModel", MODEL_GROUP).set("activationGroupInner", 32)
        .set("weightGroupModel", MODEL_GROUP).set("weightGroupInner", 32).set("stateGroup", 32)
        .hadamard(FACTOR, 3);
    sources.render("config/lightmamba_config.hpp", folder);
    table("SILU", 513, i -> i == 512 ? 0 : -(i / 32.0) / (1 + Math.exp(i / 32.0)) * 65536);
    table("RSQRT", 769, i -> 65536 / Math.sqrt((i + 256) / 256.0));
    table("EXP2", 257, i -> Math.pow(2, 24 - i / 256.0));
    table("LOG1P", 257, i -> i == 0 ? 1 << 24 : (1 << 24) * Math.log1p(i / 256.0) / (i / 256.0));
    for (int i = 0; i < 300; i++) {
      primitives();
      tables();
      state();
    }
    for (int i = 0; i < 10; i++) {
      hadamard();
      quantizer(random.nextInt(31));
      product(1 + random.nextInt(40));
      convolution();
    }
    Files.write(folder.resolve("cases.txt"), input);
    CxxProgram program = CxxProgram.compile("g++", "kernels_stages.cpp", folder, "-O1", "-Wno-unknown-pragmas");
    CxxProgram.Run run = program.run(folder.resolve("cases.txt").toString());
    assertThat(run.exitCode()).as(run.errors()).isZero();
    List<String> lines = run.output().lines().toList();
    assertThat(lines).hasSameSizeAs(checks);
    for (int i = 0; i < lines.size(); i++) {
      checks.get(i).accept(lines.get(i).trim());
    }
  }

  private void table(String name, int entries, IntToDoubleFunction value) {
    input.add(name + IntStream.range(0, entries).mapToObj(i -> " " + Math.round(value.applyAsDouble(i)))
        .collect(Collectors.joining()));
  }

  private void add(String line, Consumer<String> check) {
    input.add(line);
    checks.add(check);
  }

  private void exact(String line, BigInteger expected) {
    add(line, actual -> assertThat(actual).as(line).isEqualTo(expected.toString()));
  }

  private long wide(int bits) {
    return (random.nextLong() >> (63 - bits)) >> random.nextInt(bits);
  }

  private void primitives() {
    long v = wide(62);
    int s = random.nextInt(-70, 70);
    exact("bitlen " + v, BigInteger.valueOf(BigInteger.valueOf(v).abs().bitLength()));
    exact("rnd " + v + " " + Math.abs(s % 63), rnd(v, Math.abs(s % 63)));
    for (int bits : new int[] {16, 48, 62}) {
      exact("shift" + bits + " " + v + " " + s, shift(BigInteger.valueOf(v), s, bits));
    }
    exact("sat24 " + v, clamp(BigInteger.valueOf(v), 24));
    long max = Math.abs(wide(47));
    int c = new int[] {158, 2032, 16 * 2047, 16 * 32767}[random.nextInt(4)];
    exact("exponent " + max + " " + c, BigInteger.valueOf(smallestExponent(max, c)));
  }

  /** Derived from the definition: halves towards plus infinity is the floor of v / 2^s + 1/2. */
  private static BigInteger rnd(long v, int s) {
    BigInteger[] parts = BigInteger.valueOf(v).shiftLeft(1).add(BigInteger.ONE.shiftLeft(s))
        .divideAndRemainder(BigInteger.ONE.shiftLeft(s + 1));
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static BigInteger clamp(BigInteger v, int bits) {
    BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1).subtract(BigInteger.ONE);
    return v.min(limit).max(limit.negate());
  }

  private static BigInteger shift(BigInteger v, int s, int bits) {
    return s > 62 ? BigInteger.ZERO : clamp(s >= 0 ? rnd(v.longValueExact(), s) : v.shiftLeft(-s), bits);
  }

  private static int smallestExponent(long max, int c) {
    int e = 0;
    while (BigInteger.valueOf(max).shiftLeft(4).compareTo(BigInteger.valueOf(c).shiftLeft(e)) > 0) {
      e++;
    }
    return e;
  }

  private void tables() {
    // Linear interpolation over 1/32 with |silu''| <= 1/2: 4 LSB; table and result rounding: half an LSB each.
    long v = random.nextInt() >> random.nextInt(20);
    double x = v * LSB16;
    near("silu " + v, x / (1 + Math.exp(-x)) / LSB16, 5.1);

    // Table and result rounding: one unit of u >= 2^15; interpolation below 1.5e-6.
    long high = Math.abs(wide(36));
    long low = 1 + random.nextLong(1L << 40);
    double sum = high * Math.pow(2, 40) + low;
    add("rsqrt " + high + " " + low, line -> {
      String[] parts = line.split(" ");
      double u = Double.parseDouble(parts[0]) * Math.pow(2, -16 - Integer.parseInt(parts[1]));
      assertThat(u * Math.sqrt(sum)).isCloseTo(1, within(Math.pow(2, -15) + 1.5e-6));
    });

    // log2(e) is truncated by 0.4622 * 2^-16 (4.9e-6 a unit of |v|); t is rounded to 2^-21; EXP2 and LOG1P interpolate
    // to 9.2e-7 and 1.3e-6; the result is rounded to 2^-33.
    long p = random.nextInt(-24 << 16, 24 << 16);
    long bias = random.nextInt(-4 << 16, 4 << 16);
    double a = (p + bias) * LSB16;
    double log1p = Math.log1p(Math.exp(-Math.abs(a)));
    near("softplus " + p + " " + bias + " 0 " + ((1L << 38) - 1), (Math.max(a, 0) + log1p) * Math.pow(2, 32),
        log1p * (4.9e-6 * Math.abs(a) + 3e-6) * Math.pow(2, 32) + 1);
    exact("softplus " + p + " " + bias + " 77 77", BigInteger.valueOf(77));

    // In units of 2^-20: argument rounded to 2^-21 (0.35), interpolation (0.97), table (0.04), result (0.5).
    long dt = Math.abs(wide(38));
    long am = random.nextInt(1 << 23, 1 << 24);
    int as = random.nextInt(20, 63);
    double exponent = dt * Math.pow(2, -32) * am * Math.pow(2, 12 - as);
    near("decay " + dt + " " + am + " " + as, Math.pow(2, 20 - Math.min(exponent, 63)), 1.9);
  }

  private void near(String line, double expected, double tolerance) {
    add(line, actual -> assertThat(Double.parseDouble(actual)).as(line).isCloseTo(expected, within(tolerance)));
  }

  private void state() {
    long m = random.nextInt(-32767, 32768);
    int es = random.nextInt(42);
    long decay = random.nextLong((1L << 20) + 1);
    long dx = random.nextInt(-127, 128);
    int ex = random.nextInt(60);
    long b = random.nextInt(-127, 128);
    int eb = random.nextInt(26);
    BigInteger kept = shift(BigInteger.valueOf(m * decay), 20 - es, 48);
    BigInteger added = shift(BigInteger.valueOf(dx * b), 36 - ex - eb, 48);
    exact("state " + m + " " + es + " " + decay + " " + dx + " " + ex + " " + b + " " + eb, clamp(kept.add(added), 48));
  }

  private void hadamard() {
    long[] x = random.longs(INNER, -(1 << 23) + 1, 1 << 23).toArray();
    int[][] f = KernelSources.factor(FACTOR);
    long[] expected = new long[INNER];
    for (int i = 0; i < INNER; i++) {
      for (int j = 0; j < INNER; j++) {
        int sylvester = Integer.bitCount((i % POINTS) & (j % POINTS)) % 2 == 0 ? 1 : -1;
        expected[i] += sylvester * f[i / POINTS][j / POINTS] * x[j];
      }
    }
    add("hadamard " + join(x), line -> assertThat(parse(line)).isEqualTo(expected));
  }

  private void quantizer(int bits) {
    long[] v = IntStream.range(0, MODEL).mapToLong(i -> random.nextInt() >> Math.min(31, bits + i / MODEL_GROUP * 5))
        .map(r -> Math.max(r, -Integer.MAX_VALUE)).toArray();
    int groups = MODEL / MODEL_GROUP;
    int[] e = IntStream.range(0, groups).map(g -> smallestExponent(Arrays.stream(v, g * MODEL_GROUP,
        (g + 1) * MODEL_GROUP).map(Math::abs).max().orElseThrow(), 2032)).toArray();
    int largest = Arrays.stream(e).max().orElseThrow();
    add("quantize 50000 7 " + join(v), line -> {
      long[] bytes = parse(line);
      assertThat(bytes).hasSize(64 * 4);
      int t = (int) (bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
      assertThat(t).isEqualTo(7 - largest);
      assertThat(bytes[4] | bytes[5] << 8 | bytes[6] << 16 | bytes[7] << 24).isEqualTo(50000);
      for (int i = 0; i < 128; i++) {
        int g = i / MODEL_GROUP;
        int d = g < groups ? Math.min(largest - e[g], 15) : 0;
        if (i < groups) {
          assertThat(bytes[64 + i / 2] >> (4 * (i % 2)) & 15).isEqualTo(Math.min(largest - e[i], 15));
        }
        long q = i < MODEL ? rnd(v[i], largest - d).longValueExact() : 0;
        assertThat((long) (byte) bytes[128 + i]).isEqualTo(Math.max(-127, Math.min(127, q)));
      }
    });
  }

  private void product(int rows) {
    int groups = MODEL / MODEL_GROUP;
    int u = random.nextInt(1 << 15, (1 << 16) + 1);
    int t = random.nextInt(-20, 20);
    byte[] message = new byte[64 * 4];
    putInt(message, 0, t);
    putInt(message, 4, u);
    int[] d = random.ints(groups, 0, 16).toArray();
    int[] q = random.ints(MODEL, -127, 128).toArray();
    for (int g = 0; g < groups; g++) {
      message[64 + g / 2] |= (byte) (d[g] << (4 * (g % 2)));
    }
    for (int i = 0; i < MODEL; i++) {
      message[128 + i] = (byte) q[i];
    }
    int rowBytes = groups + 1;
    StringBuilder scales = new StringBuilder();
    byte[] weights = new byte[rows * 128];
    long[] expected = new long[2 * rows];
    for (int base = 0; base < rows; base += 16) {
      int inBlock = Math.min(16, rows - base);
      byte[] block = new byte[(inBlock * rowBytes + 63) / 64 * 64];
      for (int r = 0; r < inBlock; r++) {
        int row = base + r;
        int[] m = random.ints(groups, 0, 256).toArray();
        int kappa = random.nextInt(0, 40);
        BigInteger acc = BigInteger.ZERO;
        for (int i = 0; i < MODEL; i++) {
          int w = random.nextInt(-127, 128);
          weights[row * 128 + i] = (byte) w;
          acc = acc.add(BigInteger.valueOf((long) m[i / MODEL_GROUP] * w * q[i]).shiftLeft(15 - d[i / MODEL_GROUP]));
        }
        for (int g = 0; g < groups; g++) {
          block[r * rowBytes + g] = (byte) m[g];
        }
        block[r * rowBytes + groups] = (byte) kappa;
        expected[2 * row] = acc.longValueExact();
        expected[2 * row + 1] = shift(rnd(acc.longValueExact(), 12).multiply(BigInteger.valueOf(u)), kappa + t, 32)
            .longValueExact();
      }
      scales.append(hex(block));
    }
    add("product " + rows + " " + hex(message) + " " + scales + " " + hex(weights),
        line -> assertThat(parse(line)).isEqualTo(expected));
  }

  private void convolution() {
    byte[] record = new byte[64];
    int[] taps = random.ints(4, -32767, 32768).toArray();
    int[] x = random.ints(4, -32767, 32768).toArray();
    int bias = random.nextInt();
    int scale = random.nextInt(-3, 20);
    BigInteger sum = BigInteger.valueOf(bias);
    for (int k = 0; k < 4; k++) {
      record[2 * k] = (byte) taps[k];
      record[2 * k + 1] = (byte) (taps[k] >> 8);
      sum = sum.add(BigInteger.valueOf((long) taps[k] * x[k]));
    }
    putInt(record, 8, bias);
    record[12] = (byte) scale;
    String expected = shift(sum, scale, 32) + " " + x[1] + " " + x[2] + " " + x[3];
    String line = "convolution " + hex(record) + " " + x[0] + " " + x[1] + " " + x[2] + " " + x[3];
    add(line, actual -> assertThat(actual).as(line).isEqualTo(expected));
  }

  private static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >> (8 * i));
    }
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static String join(long[] values) {
    return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(" "));
  }

  private static long[] parse(String line) {
    return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
  }
}
