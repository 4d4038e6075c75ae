package io.github.lightmamba.quantize;

/**
 * How a model is quantized; one configuration counts for quality, bytes and speed.
 *
 * @param scheme bits of weights and activations
 * @param headBits width of the LM head's weights, 8 or 4
 * @param method how weights are rounded
 * @param groupSize weights that share a scale; 0: 128 where it divides, else 64, else the largest power of two that
 *     divides
 * @param activationGroup activations that share an exponent, 8 to 32
 * @param rotation what happens to a width of which no Hadamard matrix is known
 */
public record QuantizationOptions(
    Scheme scheme, int headBits, Method method, int groupSize, int activationGroup, RotationPolicy rotation) {
  /** Options with a rotation in blocks where it has to be. */
  public QuantizationOptions(Scheme scheme, int headBits, Method method, int groupSize, int activationGroup) {
    this(scheme, headBits, method, groupSize, activationGroup, RotationPolicy.AUTO);
  }

  /** Returns how inputs of some width are rounded if the weights shall know it, else null. */
  ActivationRounding activationRounding(int bits) {
    return method == Method.GPTQ ? new ActivationRounding(bits, activationGroup) : null;
  }
}
