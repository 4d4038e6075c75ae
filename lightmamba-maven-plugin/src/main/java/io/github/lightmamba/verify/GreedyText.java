package io.github.lightmamba.verify;

import io.github.lightmamba.mamba.LanguageModel;

/** Greedy decoding with any language model: the most probable token each time, the lowest id on ties. */
final class GreedyText {
  private GreedyText() {}

  /** Returns {@code count} ids that follow the prompt. */
  static int[] generate(LanguageModel model, int[] prompt, int count) {
    LanguageModel.Sequence sequence = model.start();
    int[] next = new int[1];
    int[] generated = new int[count];
    LanguageModel.LogitsSink sink =
        (position, logits) -> {
          next[0] = 0;
          for (int i = 1; i < logits.length; i++) {
            next[0] = logits[i] > logits[next[0]] ? i : next[0];
          }
        };
    sequence.append(prompt, sink);
    for (int i = 0; i < count; i++) {
      generated[i] = next[0];
      sequence.append(new int[] {generated[i]}, sink);
    }
    return generated;
  }
}
