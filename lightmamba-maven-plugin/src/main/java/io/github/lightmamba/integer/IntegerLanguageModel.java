package io.github.lightmamba.integer;

import io.github.lightmamba.mamba.LanguageModel;

/**
 * The integer model as a language model: its Q16 logits as floats, for perplexity and comparison.
 *
 * @param model the integer model
 */
public record IntegerLanguageModel(IntegerModel model) implements LanguageModel {
  private static final float UNIT = Math.scalb(1f, -NumericFormat.FIXED_FRACTION);

  @Override
  public int vocabularySize() {
    return model.model().shape().vocabulary();
  }

  @Override
  public Sequence start() {
    IntegerModel.Sequence sequence = model.start();
    float[] floats = new float[vocabularySize()];
    return (tokens, sink) -> sequence.append(tokens, sink == null ? IntegerModel.Trace.NONE : logitsTo(sink, floats));
  }

  private static IntegerModel.Trace logitsTo(LogitsSink sink, float[] floats) {
    return new IntegerModel.Trace() {
      @Override
      public boolean wantsLogits(int position) {
        return true;
      }

      @Override
      public boolean wantsResiduals() {
        return false;
      }

      @Override
      public void residual(int position, int layer, int[] values) {}

      @Override
      public void logits(int position, int[] values) {
        for (int i = 0; i < values.length; i++) {
          floats[i] = values[i] * UNIT;
        }
        sink.accept(position, floats);
      }
    };
  }
}
