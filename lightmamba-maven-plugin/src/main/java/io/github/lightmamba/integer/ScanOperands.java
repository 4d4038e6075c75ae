package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.clip;
import static io.github.lightmamba.integer.FixedPoint.exponent;
import static io.github.lightmamba.integer.FixedPoint.roundShift;
import static io.github.lightmamba.integer.NumericFormat.OPERAND_BITS;

/**
 * What all channels of a layer share in the scan: B, C as INT8 with exponents, dt and decay a head; {@code
 * docs/numerics.md}, 4 and 5.
 */
final class ScanOperands {
  /** (tokens · state groups of a token, stateGroup): INT8 values. */
  final long[][] b;
  /** (tokens · state groups of a token, stateGroup): INT8 values. */
  final long[][] c;
  /** (tokens · state groups of a token). */
  final int[] bExponents;
  /** (tokens · state groups of a token). */
  final int[] cExponents;
  /** (heads, tokens): dtm. */
  final int[] dtMantissas;
  /** (heads, tokens): dte. */
  final int[] dtExponents;
  /** (heads, tokens), Q20. */
  final int[] decays;

  private ScanOperands(ModelShape shape, int tokens) {
    int groups = tokens * shape.groups() * shape.stateGroups();
    b = new long[groups][shape.stateGroup()];
    c = new long[groups][shape.stateGroup()];
    bExponents = new int[groups];
    cExponents = new int[groups];
    dtMantissas = new int[shape.heads() * tokens];
    dtExponents = new int[shape.heads() * tokens];
    decays = new int[shape.heads() * tokens];
  }

  /**
   * Quantizes B and C, and takes softplus and decay of dt.
   *
   * @param bc (2·groups·state, tokens): B then C after SiLU, Q16
   * @param dt (heads, tokens): projections, Q16
   */
  static ScanOperands of(
      QuantizedModel model, QuantizedLayer layer, int[] bc, int[] dt, int dtFrom, int tokens, Saturations saturations) {
    ModelShape shape = model.shape();
    ScanOperands operands = new ScanOperands(shape, tokens);
    int columns = shape.groups() * shape.state();
    for (int t = 0; t < tokens; t++) {
      quantize(shape, bc, 0, tokens, t, operands.b, operands.bExponents);
      quantize(shape, bc, columns, tokens, t, operands.c, operands.cExponents);
    }
    long saturated = 0;
    for (int h = 0; h < shape.heads(); h++) {
      for (int t = 0; t < tokens; t++) {
        long raw = Functions.softplus(Functions.biased(dt[dtFrom + h * tokens + t], layer.dtBias()[h]));
        long value = Math.max(model.dtLow(), Math.min(model.dtHigh(), raw));
        saturated += model.dtHigh() == FixedPoint.limit(39) && raw > value ? 1 : 0;
        int n = Functions.operandShift(value);
        operands.dtMantissas[h * tokens + t] = (int) (value >> n);
        operands.dtExponents[h * tokens + t] = n;
        operands.decays[h * tokens + t] = Functions.decay(value, layer.rateMantissas()[h], layer.rateShifts()[h]);
      }
    }
    saturations.add(Saturations.Kind.DT, saturated);
    return operands;
  }

  private static void quantize(
      ModelShape shape, int[] source, int row, int tokens, int t, long[][] values, int[] exponents) {
    int group = shape.stateGroup();
    int groups = shape.groups() * shape.stateGroups();
    int largest = NumericFormat.largest(OPERAND_BITS);
    for (int g = 0; g < groups; g++) {
      long max = 0;
      for (int i = g * group; i < (g + 1) * group; i++) {
        max = Math.max(max, Math.abs((long) source[(row + i) * tokens + t]));
      }
      int e = exponent(max, NumericFormat.exponentLimit(OPERAND_BITS));
      exponents[t * groups + g] = e;
      for (int i = g * group; i < (g + 1) * group; i++) {
        values[t * groups + g][i - g * group] = clip(roundShift(source[(row + i) * tokens + t], e), largest);
      }
    }
  }
}
