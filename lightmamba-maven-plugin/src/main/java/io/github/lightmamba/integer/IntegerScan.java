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

  private final ModelShape shape;
  private final QuantizedLayer layer;
  private final ScanOperands operands;
  private final Saturations saturations;
  private final int tokens;
  private final long[] work;

  IntegerScan(ModelShape shape, QuantizedLayer layer, ScanOperands operands, int tokens, Saturations saturations) {
    this.shape = shape;
    this.layer = layer;
    this.operands = operands;
    this.saturations = saturations;
    this.tokens = tokens;
    this.work = new long[shape.stateGroup()];
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
    int head = channel / shape.headDim();
    int bc = head / (shape.heads() / shape.groups()) * shape.state();
    int groups = shape.stateGroups();
    int allGroups = shape.groups() * groups;
    long largest = NumericFormat.largest(layer.stateBits()[head]);
    long saturated = 0;
    for (int t = 0; t < tokens; t++) {
      long product = (long) xs[from + t] * operands.dtMantissas[head * tokens + t];
      int e = Math.max(0, bitLength(product) - (OPERAND_BITS - 1));
      long dx = clip(roundShift(product, e), NumericFormat.largest(OPERAND_BITS));
      int dxExponent = e + operands.dtExponents[head * tokens + t];
      long decay = operands.decays[head * tokens + t];
      int row = t * shape.groups() * shape.state() + bc;
      long sum = 0;
      for (int g = 0; g < groups; g++) {
        int exponentIndex = t * allGroups + bc / shape.stateGroup() + g;
        int first = channel * shape.state() + g * work.length;
        int inputShift = INPUT_SHIFT - dxExponent - operands.bExponents[exponentIndex];
        int oldExponent = exponents[channel * groups + g];
        long max = update(mantissas, first, decay, oldExponent, dx, row + g * work.length, inputShift);
        saturated += max == limit(STATE_WORK_BITS) ? 1 : 0;
        int newExponent = exponent(max, largest << NumericFormat.EXPONENT_LIMIT_FRACTION);
        long dot = 0;
        for (int n = 0; n < work.length; n++) {
          long m = clip(roundShift(work[n], newExponent), largest);
          mantissas[first + n] = (short) m;
          dot += m * operands.c[row + g * work.length + n];
        }
        exponents[channel * groups + g] = (byte) newExponent;
        sum += shift(dot, STATE_FRACTION - newExponent - operands.cExponents[exponentIndex], STATE_WORK_BITS);
      }
      long out = saturate(sum + roundShift((long) layer.skip()[head] * xs[from + t], FIXED_FRACTION), VALUE_BITS);
      if (Math.abs(out) == limit(VALUE_BITS)) {
        saturations.add(Saturations.Kind.SCAN_OUTPUT, 1);
      }
      y[t] = (int) out;
    }
    saturations.add(Saturations.Kind.STATE, saturated);
  }

  /** Writes the working values of one state group and returns their largest magnitude. */
  private long update(short[] mantissas, int first, long decay, int exponent, long dx, int row, int inputShift) {
    int decayShift = DECAY_FRACTION - exponent;
    long max = 0;
    if (decayShift > 0 && inputShift > 0 && inputShift <= 62) {
      // The common case: both shifts lose bits, nothing can saturate on the way.
      long decayHalf = 1L << (decayShift - 1);
      long inputHalf = 1L << (inputShift - 1);
      for (int n = 0; n < work.length; n++) {
        long h = ((mantissas[first + n] * decay + decayHalf) >> decayShift) + ((dx * operands.b[row + n] + inputHalf) >> inputShift);
        work[n] = h;
        max = Math.max(max, Math.abs(h));
      }
      return max;
    }
    for (int n = 0; n < work.length; n++) {
      long h = shift(mantissas[first + n] * decay, decayShift, STATE_WORK_BITS) + shift(dx * operands.b[row + n], inputShift, STATE_WORK_BITS);
      h = saturate(h, STATE_WORK_BITS);
      work[n] = h;
      max = Math.max(max, Math.abs(h));
    }
    return max;
  }
}
