package io.github.lightmamba.integer;

import io.github.lightmamba.rotation.HadamardTransform;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * A quantized model: everything that the accelerator needs of a checkpoint.
 *
 * @param shape the sizes
 * @param activationBits width of the quantized activations of in_proj and out_proj, 8 or 4; the head's always have 8
 * @param activationGroup activations that share an exponent, 8 to 32, where that divides
 * @param embedding (vocabulary, model), 16 bits; may be mapped
 * @param embeddingShift fE − fR
 * @param epsilon ε of the RMSNorms over the residual
 * @param dtLow lower limit of dt, Q32
 * @param dtHigh upper limit of dt, Q32, below 2^38
 * @param layers the blocks
 * @param head the LM head
 * @param hadamard the online transform before out_proj; null in the comparison without a rotation
 */
public record QuantizedModel(
    ModelShape shape,
    int activationBits,
    int activationGroup,
    ShortBuffer embedding,
    int embeddingShift,
    long epsilon,
    long dtLow,
    long dtHigh,
    List<QuantizedLayer> layers,
    QuantizedMatrix head,
    HadamardTransform hadamard) {
  /** Width of the activations of the LM head in every scheme. */
  public static final int HEAD_ACTIVATION_BITS = 8;

  /** Returns the same model without the online transform: the comparison without a rotation. */
  public QuantizedModel withoutHadamard() {
    return new QuantizedModel(
        shape, activationBits, activationGroup, embedding, embeddingShift, epsilon, dtLow, dtHigh, layers, head, null);
  }
}
