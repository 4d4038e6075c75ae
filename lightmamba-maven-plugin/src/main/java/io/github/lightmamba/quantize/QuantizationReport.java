package io.github.lightmamba.quantize;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.perplexity.Score;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code 1-quantized/report.json}.
 *
 * @param scheme for example {@code w8a8}
 * @param headBits width of the LM head
 * @param stateBits heads by the width of their hidden state, over all layers
 * @param perplexity on the evaluation text
 * @param bytesPerToken what a decoded token reads of the model, without padding and without the hidden state
 * @param bytesPerTokenByClass the same by tensor class
 * @param stateBytes the hidden state of one sequence
 * @param bits widths by tensor class
 * @param saturations values that met the end of their range while perplexity was measured, by class
 * @param rotation the proof that the rotation is invisible
 */
record QuantizationReport(
    String scheme,
    int headBits,
    Map<String, Long> stateBits,
    Perplexities perplexity,
    long bytesPerToken,
    Map<String, Long> bytesPerTokenByClass,
    long stateBytes,
    Map<String, Integer> bits,
    Map<String, Long> saturations,
    Rotation rotation) {

  /**
   * Perplexities on the same windows.
   *
   * @param original of the float model
   * @param quantized of the integer model
   * @param unrotated of the integer model without a rotation
   * @param standardError of the float model's, over windows
   * @param windows number of windows
   * @param windowTokens tokens scored a window
   * @param kind how the figures came about
   */
  record Perplexities(
      @JsonProperty("float") double original,
      double quantized,
      double unrotated,
      double standardError,
      int windows,
      int windowTokens,
      String kind) {
    static Perplexities of(Score original, Score quantized, Score unrotated) {
      return new Perplexities(
          original.perplexity().mean(),
          quantized.perplexity().mean(),
          unrotated.perplexity().mean(),
          original.perplexity().standardError(),
          original.windows(),
          original.windowTokens(),
          "measured");
    }
  }

  /**
   * The rotation.
   *
   * @param seed of its signs
   * @param largestLogitDifference between the rotated float model and the original
   * @param largestLogit for comparison
   */
  record Rotation(long seed, double largestLogitDifference, double largestLogit) {}

  /** Returns widths by tensor class. */
  static Map<String, Integer> bits(QuantizedModel model) {
    Map<String, Integer> bits = new LinkedHashMap<>();
    bits.put("in_proj.weight", model.layers().get(0).inProj().bits());
    bits.put("out_proj.weight", model.layers().get(0).outProj().bits());
    bits.put("lm_head.weight", model.head().bits());
    bits.put("embedding", 16);
    bits.put("activations", model.activationBits());
    bits.put("conv", NumericFormat.CONV_BITS);
    bits.put("B, C, dt*x", NumericFormat.OPERAND_BITS);
    bits.put("residual", NumericFormat.VALUE_BITS);
    return bits;
  }

  /** Returns the number of heads by width, narrowest first. */
  static Map<String, Long> stateBits(QuantizedModel model) {
    Map<Integer, Long> counts = new TreeMap<>();
    model.layers().forEach(layer -> {
      for (byte width : layer.stateBits()) {
        counts.merge((int) width, 1L, Long::sum);
      }
    });
    Map<String, Long> result = new LinkedHashMap<>();
    counts.forEach((width, count) -> result.put(width.toString(), count));
    return result;
  }
}
