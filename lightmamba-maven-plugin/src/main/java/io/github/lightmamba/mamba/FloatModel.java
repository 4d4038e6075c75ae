package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.tensor.Gemm;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A Mamba-2 language model in 32-bit floats, equal to transformers' {@code Mamba2ForCausalLM}, or to state-spaces'
 * {@code
 * MambaLMHeadModel} if the norm has groups. Thread-safe.
 *
 * <p>Text is read in chunks and decoded token by token through the same code; both give the same logits, bit for bit.
 */
public final class FloatModel implements LanguageModel {
  private static final int CHUNK_TOKENS = 256;

  /** Logits that are held at a time; a large vocabulary gets fewer tokens. */
  private static final int MAX_LOGITS = 1 << 22;

  private final ModelWeights weights;
  private final IntFunction<LayerProbe> probes;

  /** Creates a model. */
  public FloatModel(ModelWeights weights) {
    this(weights, layer -> null);
  }

  /**
   * Creates a model whose blocks are watched.
   *
   * @param probes the probe of each layer, or null; called by the thread that appends
   */
  public FloatModel(ModelWeights weights, IntFunction<LayerProbe> probes) {
    this.weights = weights;
    this.probes = probes;
  }

  /** Returns the model of a checkpoint, which must stay open as long as the model is used. */
  public static FloatModel of(Checkpoint checkpoint) {
    return new FloatModel(ModelWeights.of(checkpoint));
  }

  @Override
  public int vocabularySize() {
    return weights.config().vocabularySize();
  }

  @Override
  public Sequence start() {
    return new FloatSequence();
  }

  /**
   * Predicts from the residual after the last block.
   *
   * @param hidden (tokens, hidden)
   * @param first the first token to predict from
   * @param count how many tokens
   * @return (count, vocabulary)
   */
  public float[] logits(float[] hidden, int first, int count) {
    int width = weights.config().hiddenSize();
    float[] normed = new float[count * width];
    for (int t = 0; t < count; t++) {
      int offset = (first + t) * width;
      Functions.rmsNorm(hidden, offset, weights.finalNorm(), weights.config().normEpsilon(), normed, t * width);
    }
    float[] logits = new float[count * vocabularySize()];
    Gemm.multiply(weights.head(), normed, count, logits);
    return logits;
  }

  private final class FloatSequence implements Sequence {
    private final List<LayerState> states =
        Stream.generate(() -> new LayerState(weights.config())).limit(weights.config().layers()).toList();
    private int position;

    @Override
    public void append(int[] tokens, LogitsSink sink) {
      for (int token : tokens) {
        requireToken(token);
      }
      for (int start = 0; start < tokens.length; start += CHUNK_TOKENS) {
        appendChunk(Arrays.copyOfRange(tokens, start, Math.min(tokens.length, start + CHUNK_TOKENS)), sink);
      }
    }

    private void appendChunk(int[] tokens, LogitsSink sink) {
      int width = weights.config().hiddenSize();
      float[] hidden = new float[tokens.length * width];
      for (int t = 0; t < tokens.length; t++) {
        weights.embedding().readRow(tokens[t], hidden, t * width);
      }
      for (int layer = 0; layer < states.size(); layer++) {
        MambaBlock.forward(
            weights.layers().get(layer), hidden, tokens.length, states.get(layer), probes.apply(layer));
      }
      if (sink != null) {
        predict(hidden, tokens.length, sink);
      }
      position += tokens.length;
    }

    private void predict(float[] hidden, int tokens, LogitsSink sink) {
      int vocabulary = vocabularySize();
      int batch = Math.max(1, Math.min(tokens, MAX_LOGITS / vocabulary));
      float[] row = new float[vocabulary];
      for (int first = 0; first < tokens; first += batch) {
        int count = Math.min(batch, tokens - first);
        float[] logits = logits(hidden, first, count);
        for (int t = 0; t < count; t++) {
          System.arraycopy(logits, t * vocabulary, row, 0, vocabulary);
          sink.accept(position + first + t, row);
        }
      }
    }

    private void requireToken(int token) {
      if (token < 0 || token >= vocabularySize()) {
        throw new LightMambaException(
            ErrorCode.TOKENIZER_INVALID,
            "token " + token + " is outside the vocabulary of " + vocabularySize() + ".",
            "use the tokenizer.json that belongs to the checkpoint.");
      }
    }
  }
}
