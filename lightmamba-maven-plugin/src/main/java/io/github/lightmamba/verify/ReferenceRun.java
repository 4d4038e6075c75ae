package io.github.lightmamba.verify;

import io.github.lightmamba.integer.IntegerModel;

/**
 * What the integer model computes for a prompt and the tokens that it generates after it: the expectation of a
 * verification.
 *
 * @param prompt P token ids
 * @param generated G token ids; the first one follows the prompt, each is the argmax of the token before it
 * @param residuals (P + G, layers) of (model): the residual stream after every block; all G tokens are fed too
 * @param logits (P + G) of (vocabulary), Q16
 */
record ReferenceRun(int[] prompt, int[] generated, int[][][] residuals, int[][] logits) {
  /**
   * Runs the model.
   *
   * @param count G, at least 1
   */
  static ReferenceRun of(IntegerModel model, int[] prompt, int count) {
    int total = prompt.length + count;
    int layers = model.model().shape().layers();
    Recorder recorder = new Recorder(new int[total][layers][], new int[total][]);
    IntegerModel.Sequence sequence = model.start();
    sequence.append(prompt, recorder);
    int[] generated = new int[count];
    for (int i = 0; i < count; i++) {
      generated[i] = IntegerModel.argmax(recorder.logits[prompt.length + i - 1]);
      sequence.append(new int[] {generated[i]}, recorder);
    }
    return new ReferenceRun(prompt, generated, recorder.residuals, recorder.logits);
  }

  private record Recorder(int[][][] residuals, int[][] logits) implements IntegerModel.Trace {
    @Override
    public boolean wantsLogits(int position) {
      return true;
    }

    @Override
    public boolean wantsResiduals() {
      return true;
    }

    @Override
    public void residual(int position, int layer, int[] values) {
      residuals[position][layer] = values.clone();
    }

    @Override
    public void logits(int position, int[] values) {
      logits[position] = values.clone();
    }
  }
}
