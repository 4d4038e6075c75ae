package io.github.lightmamba.verify;

import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import java.util.stream.Stream;

/**
 * What a start tells the kernels of the model; one accelerator serves all of them.
 *
 * @param weights bits of in_proj and out_proj
 * @param activations bits of their inputs
 * @param head bits of the LM head
 * @param keptLayers first layers whose state stays on chip
 */
record ModelScalars(int weights, int activations, int head, int keptLayers) {
  static ModelScalars of(QuantizedModel model, Design design) {
    return new ModelScalars(
        model.layers().get(0).inProj().bits(), model.activationBits(), model.head().bits(), design.keptLayers(model));
  }

  /**
   * Returns the lines of a start.
   *
   * @param alone whether it feeds one sequence, in slot 0: only its state stays on chip
   */
  Stream<String> lines(boolean alone) {
    return Stream.of(
        "weight_bits " + weights,
        "activation_bits " + activations,
        "head_bits " + head,
        "kept_layers " + (alone ? keptLayers : 0));
  }
}
