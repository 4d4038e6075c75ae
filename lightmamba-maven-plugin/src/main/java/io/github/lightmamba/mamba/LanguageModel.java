package io.github.lightmamba.mamba;

/** Anything that reads tokens and predicts the next one. Thread-safe; a sequence is not. */
public interface LanguageModel {
  /** Returns the number of logits. */
  int vocabularySize();

  /** Starts a sequence from the zero state. */
  Sequence start();

  /** One text on its way through a model. */
  interface Sequence {
    /**
     * Reads tokens; the result does not depend on how a text is cut into calls.
     *
     * @param tokens the next tokens, each from 0 to {@code vocabularySize() - 1}
     * @param sink receives the logits after each token, in order; null if nobody wants them
     */
    void append(int[] tokens, LogitsSink sink);
  }

  /** Receives logits. */
  @FunctionalInterface
  interface LogitsSink {
    /**
     * Receives the prediction of the token after {@code position}.
     *
     * @param position the place of the token in the sequence, from 0
     * @param logits one value for each token of the vocabulary; reused after the call returns
     */
    void accept(int position, float[] logits);
  }
}
