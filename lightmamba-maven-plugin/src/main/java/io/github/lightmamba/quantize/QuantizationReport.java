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
 * @param perplexity on the evaluation text; what was not measured is null
 * @param bytesPerToken what a decoded token reads of the model, without padding and without the hidden state
 * @param bytesPerTokenByClass the same by tensor class
 * @param stateBytes the hidden state of one sequence
 * @param bits widths by tensor class
 * @param saturations values that met the end of their range while perplexity was measured, by class; null if it
 *     was not
 * @param calibration how much of the calibration text was read
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
    Calibration calibration,
    Rotation rotation) {

  /**
   * Perplexities on the same windows.
   *
   * @param original of the float model, or null
   * @param quantized of the integer model, or null
   * @param unrotated of the integer model without a rotation, or null
   * @param standardError of the float model's, over windows, or null
   * @param windows number of windows, may be 0
   * @param windowTokens tokens scored a window
   * @param kind how the figures came about: {@code measured} or {@code not measured}
   */
  record Perplexities(
      @JsonProperty("float") Double original,
      Double quantized,
      Double unrotated,
      Double standardError,
      int windows,
      int windowTokens,
      String kind) {
    static final String NOT_MEASURED = "not measured";

    /** Returns the form of a report without an evaluation. */
    static Perplexities none(int windowTokens) {
      return new Perplexities(null, null, null, null, 0, windowTokens, NOT_MEASURED);
    }

    /** Returns figures on the same windows; {@code unrotated} may be null. */
    static Perplexities of(Score original, Score quantized, Score unrotated) {
      return new Perplexities(
          original.perplexity().mean(),
          quantized.perplexity().mean(),
          unrotated == null ? null : unrotated.perplexity().mean(),
          original.perplexity().standardError(),
          original.windows(),
          original.windowTokens(),
          "measured");
    }
  }

  /**
   * The calibration.
   *
   * @param windows number of windows
   * @param windowTokens tokens of a window
   * @param corrected whether weights were corrected for the inputs that arrive in the quantized model
   */
  record Calibration(int windows, int windowTokens, boolean corrected) {}

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
