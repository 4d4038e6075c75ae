package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.limit;
import static io.github.lightmamba.integer.FixedPoint.saturate;
import static io.github.lightmamba.integer.FixedPoint.shift;
import static io.github.lightmamba.integer.NumericFormat.CONV_BITS;
import static io.github.lightmamba.integer.NumericFormat.VALUE_BITS;

/** The causal depthwise convolution and its SiLU; {@code docs/numerics.md}, section 4. */
final class IntegerConvolution {
  private IntegerConvolution() {}

  /**
   * Convolves one channel over the tokens of a batch and moves its history on.
   *
   * @param layer the weights
   * @param channel conv channel: x, then B, then C
   * @param taps K
   * @param input projections, tokens adjacent
   * @param from index of the first token in {@code input}
   * @param tokens number of tokens
   * @param history (channels, K − 1) of the layer
   * @param output Q16
   * @param to index of the first token in {@code output}
   * @param saturations counts inputs and outputs at the end of their range
   */
  static void apply(
      QuantizedLayer layer,
      int channel,
      int taps,
      int[] input,
      int from,
      int tokens,
      short[] history,
      int[] output,
      int to,
      Saturations saturations) {
    int past = taps - 1;
    long[] window = new long[past + tokens];
    long saturated = 0;
    for (int k = 0; k < past; k++) {
      window[k] = history[channel * past + k];
    }
    for (int t = 0; t < tokens; t++) {
      long value = saturate(input[from + t], CONV_BITS);
      saturated += Math.abs(value) == limit(CONV_BITS) ? 1 : 0;
      window[past + t] = value;
    }
    saturations.add(Saturations.Kind.CONV_INPUT, saturated);
    saturated = 0;
    for (int t = 0; t < tokens; t++) {
      long sum = layer.convBias()[channel];
      for (int k = 0; k < taps; k++) {
        sum += layer.convWeights()[channel * taps + k] * window[t + k];
      }
      long pre = shift(sum, layer.convShifts()[channel], VALUE_BITS);
      saturated += Math.abs(pre) == limit(VALUE_BITS) ? 1 : 0;
      output[to + t] = Functions.silu((int) pre);
    }
    saturations.add(Saturations.Kind.CONV_OUTPUT, saturated);
    for (int k = 0; k < past; k++) {
      history[channel * past + k] = (short) window[tokens + k];
    }
  }
}
