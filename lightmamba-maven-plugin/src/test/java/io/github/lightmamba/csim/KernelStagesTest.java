package io.github.lightmamba.csim;

import static io.github.lightmamba.csim.ExactArithmetic.clamp;
import static io.github.lightmamba.csim.ExactArithmetic.rnd;
import static io.github.lightmamba.csim.ExactArithmetic.shift;
import static io.github.lightmamba.csim.ExactArithmetic.smallestExponent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Oracles: BigInteger for what is exact, double-precision mathematics within a derived tolerance for tables. */
@DisplayName("Stages of the kernels")
class KernelStagesTest {

  private static final double LSB16 = 1.0 / (1 << 16);

  @TempDir
  Path folder;

  private final Random random = new Random(20260719);
  private final StageCases cases = new StageCases();

  @Test
  @DisplayName("agree with exact arithmetic and, where they interpolate, with mathematics")
  void agree() throws IOException {
    new KernelSources().set("model", 80).set("inner", 160).set("heads", 5).set("headDim", 32).set("state", 32)
        .set("groups", 1).set("conv", 4).set("layers", 2).set("vocabulary", 40).set("units", 2)
        .set("activationGroupModel", 16).set("activationGroupInner", 32).set("weightGroupModel", 16)
        .set("weightGroupInner", 32).set("stateGroup", 32).hadamard(20, 3)
        .render("config/lightmamba_config.hpp", folder);
    cases.table("SILU", 513, i -> i == 512 ? 0 : -(i / 32.0) / (1 + Math.exp(i / 32.0)) * 65536);
    cases.rsqrtTable();
    cases.table("EXP2", 257, i -> Math.pow(2, 24 - i / 256.0));
    cases.table("LOG1P", 257, i -> i == 0 ? 1 << 24 : (1 << 24) * Math.log1p(i / 256.0) / (i / 256.0));
    for (int i = 0; i < 300; i++) {
      primitives();
      tables();
      state();
    }
    cases.run(folder);
  }

  private long wide(int bits) {
    return (random.nextLong() >> (63 - bits)) >> random.nextInt(bits);
  }

  private void primitives() {
    long v = wide(62);
    int s = random.nextInt(-70, 70);
    cases.exact("bitlen " + v, BigInteger.valueOf(BigInteger.valueOf(v).abs().bitLength()));
    cases.exact("rnd " + v + " " + Math.abs(s % 63), rnd(v, Math.abs(s % 63)));
    for (int bits : new int[] {16, 48, 62}) {
      cases.exact("shift" + bits + " " + v + " " + s, shift(BigInteger.valueOf(v), s, bits));
    }
    cases.exact("sat24 " + v, clamp(BigInteger.valueOf(v), 24));
    long max = Math.abs(wide(47));
    int c = new int[] {132, 144, 150, 2032, 16 * 2047, 16 * 32767}[random.nextInt(6)];
    cases.exact("exponent " + max + " " + c, BigInteger.valueOf(smallestExponent(max, c)));
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
    cases.add("rsqrt " + high + " " + low, line -> {
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
    cases.exact("softplus " + p + " " + bias + " 77 77", BigInteger.valueOf(77));

    // In units of 2^-20: argument rounded to 2^-21 (0.35), interpolation (0.97), table (0.04), result (0.5).
    long dt = Math.abs(wide(38));
    long am = random.nextInt(1 << 23, 1 << 24);
    int as = random.nextInt(20, 63);
    double exponent = dt * Math.pow(2, -32) * am * Math.pow(2, 12 - as);
    near("decay " + dt + " " + am + " " + as, Math.pow(2, 20 - Math.min(exponent, 63)), 1.9);
  }

  private void near(String line, double expected, double tolerance) {
    cases.add(line, actual -> assertThat(Double.parseDouble(actual)).as(line).isCloseTo(expected, within(tolerance)));
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
    cases.exact("state " + m + " " + es + " " + decay + " " + dx + " " + ex + " " + b + " " + eb,
        clamp(kept.add(added), 48));
  }
}
