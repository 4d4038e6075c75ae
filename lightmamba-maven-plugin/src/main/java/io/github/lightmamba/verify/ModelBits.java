package io.github.lightmamba.verify;

import io.github.lightmamba.integer.QuantizedModel;
import java.util.stream.Stream;

/**
 * Widths that a start tells the kernels; one accelerator serves all of them.
 *
 * @param weights bits of in_proj and out_proj
 * @param activations bits of their inputs
 * @param head bits of the LM head
 */
record ModelBits(int weights, int activations, int head) {
  static ModelBits of(QuantizedModel model) {
    return new ModelBits(
        model.layers().get(0).inProj().bits(), model.activationBits(), model.head().bits());
  }

  Stream<String> lines() {
    return Stream.of("weight_bits " + weights, "activation_bits " + activations, "head_bits " + head);
  }
}
