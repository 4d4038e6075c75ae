package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.bitLength;
import static io.github.lightmamba.integer.FixedPoint.clip;
import static io.github.lightmamba.integer.FixedPoint.exponent;
import static io.github.lightmamba.integer.FixedPoint.limit;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
import static io.github.lightmamba.integer.FixedPoint.saturate;
import static io.github.lightmamba.integer.FixedPoint.shift;
import static io.github.lightmamba.integer.NumericFormat.DECAY_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.DT_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.FIXED_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.OPERAND_BITS;
import static io.github.lightmamba.integer.NumericFormat.STATE_FRACTION;
import static io.github.lightmamba.integer.NumericFormat.STATE_WORK_BITS;
import static io.github.lightmamba.integer.NumericFormat.VALUE_BITS;

/** The recurrence of one channel with a quantized hidden state; {@code docs/numerics.md}, section 5. */
final class IntegerScan {
  /** Right shift of dx·b before its exponents: the fraction bits of dt, x and B beyond those of the state. */
  private static final int INPUT_SHIFT = DT_FRACTION + 2 * FIXED_FRACTION - STATE_FRACTION;

  /** dx·b has 14 bits; scaled up by 2^33 it still fits into the working value. */
  private static final int INPUT_SHIFT_IN_RANGE = -33;

  private final ModelShape shape;
  private final QuantizedLayer layer;
  private final ScanOperands operands;
  private final Saturations saturations;
  private final int tokens;
  private final long[] work;
  private final long[][] state;

  IntegerScan(ModelShape shape, QuantizedLayer layer, ScanOperands operands, int tokens, Saturations saturations) {
    this.shape = shape;
    this.layer = layer;
    this.operands = operands;
    this.saturations = saturations;
    this.tokens = tokens;
    this.work = new long[shape.stateGroup()];
    this.state = new long[shape.stateGroups()][shape.stateGroup()];
  }

  /**
   * Runs one channel over the tokens.
   *
   * @param channel 0 to inner − 1
   * @param xs (tokens) from {@code from} on: x after SiLU, Q16
   * @param mantissas (inner, state) of the layer, updated
   * @param exponents (inner, state groups) of the layer, updated
   * @param y (tokens): the output, Q16
   */
  void channel(int channel, int[] xs, int from, short[] mantissas, byte[] exponents, int[] y) {
    load(channel, mantissas);
    int head = channel / shape.headDim();
    int groups = shape.stateGroups();
    int firstGroup = head / (shape.heads() / shape.groups()) * groups;
    long largest = NumericFormat.largest(layer.stateBits()[head]);
    long limit = largest << NumericFormat.EXPONENT_LIMIT_FRACTION;
    long saturated = 0;
    for (int t = 0; t < tokens; t++) {
      long product = (long) xs[from + t] * operands.dtMantissas[head * tokens + t];
      int e = Math.max(0, bitLength(product) - (OPERAND_BITS - 1));
      long dx = clip(roundShift(product, e), NumericFormat.largest(OPERAND_BITS));
      int dxExponent = e + operands.dtExponents[head * tokens + t];
      long decay = operands.decays[head * tokens + t];
      long sum = 0;
      for (int g = 0; g < groups; g++) {
        int operand = t * shape.groups() * groups + firstGroup + g;
        int inputShift = INPUT_SHIFT - dxExponent - operands.bExponents[operand];
        int decayShift = DECAY_FRACTION - exponents[channel * groups + g];
        long max = update(state[g], decay, decayShift, dx, operands.b[operand], inputShift);
        saturated += max == limit(STATE_WORK_BITS) ? 1 : 0;
        int exponent = exponent(max, limit);
        exponents[channel * groups + g] = (byte) exponent;
        round(work, exponent, state[g]);
        long dot = dot(state[g], operands.c[operand]);
        sum += shift(dot, STATE_FRACTION - exponent - operands.cExponents[operand], STATE_WORK_BITS);
      }
      long out = saturate(sum + roundShift((long) layer.skip()[head] * xs[from + t], FIXED_FRACTION), VALUE_BITS);
      if (Math.abs(out) == limit(VALUE_BITS)) {
        saturations.add(Saturations.Kind.SCAN_OUTPUT, 1);
      }
      y[t] = (int) out;
    }
    saturations.add(Saturations.Kind.STATE, saturated);
    store(channel, mantissas);
  }

  private void load(int channel, short[] mantissas) {
    for (int i = 0; i < shape.state(); i++) {
      state[i / work.length][i % work.length] = mantissas[channel * shape.state() + i];
    }
  }

  private void store(int channel, short[] mantissas) {
    for (int i = 0; i < shape.state(); i++) {
      mantissas[channel * shape.state() + i] = (short) state[i / work.length][i % work.length];
    }
  }

  /** Writes the working values of one state group and returns their largest magnitude. */
  private long update(long[] m, long decay, int decayShift, long dx, long[] b, int inputShift) {
    if (inputShift >= INPUT_SHIFT_IN_RANGE && inputShift <= 62) {
      // Nothing can saturate before the sum: m·2^es was below 2^47 when it was stored, and dx·b is below 2^14.
      scaledSum(work, m, decay, decayShift, dx, b, inputShift);
    } else {
      for (int n = 0; n < work.length; n++) {
        work[n] = shift(m[n] * decay, decayShift, STATE_WORK_BITS) + shift(dx * b[n], inputShift, STATE_WORK_BITS);
      }
    }
    long max = largest(work);
    if (max <= limit(STATE_WORK_BITS)) {
      return max;
    }
    for (int n = 0; n < work.length; n++) {
      work[n] = saturate(work[n], STATE_WORK_BITS);
    }
    return limit(STATE_WORK_BITS);
  }

  /** Both products scaled and added, without saturation; a shift to the left is exact, one to the right rounds. */
  private static void scaledSum(long[] h, long[] m, long decay, int decayShift, long dx, long[] b, int inputShift) {
    int decayRight = Math.max(0, decayShift);
    int inputRight = Math.max(0, inputShift);
    long decayHalf = decayRight == 0 ? 0 : 1L << (decayRight - 1);
    long inputHalf = inputRight == 0 ? 0 : 1L << (inputRight - 1);
    long decayFactor = decay << Math.max(0, -decayShift);
    long inputFactor = dx << Math.max(0, -inputShift);
    for (int n = 0; n < h.length; n++) {
      h[n] = ((m[n] * decayFactor + decayHalf) >> decayRight) + ((b[n] * inputFactor + inputHalf) >> inputRight);
    }
  }

  private static long largest(long[] h) {
    long max = 0;
    for (long value : h) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  /** Rounds to the new exponent. Nothing clips: max ≤ qmax·2^e, so the rounded value is at most qmax. */
  private static void round(long[] h, int exponent, long[] m) {
    long half = exponent == 0 ? 0 : 1L << (exponent - 1);
    for (int n = 0; n < m.length; n++) {
      m[n] = (h[n] + half) >> exponent;
    }
  }

  private static long dot(long[] m, long[] c) {
    long sum = 0;
    for (int n = 0; n < m.length; n++) {
      sum += m[n] * c[n];
    }
    return sum;
  }
}
