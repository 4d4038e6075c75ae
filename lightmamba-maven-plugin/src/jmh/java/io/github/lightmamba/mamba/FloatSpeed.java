package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Checkpoint;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.management.JMException;
import javax.management.ObjectName;

/** Measures a whole process: how many tokens a second the float model reads and decodes, from a mapped checkpoint. */
public final class FloatSpeed {
  private static final int PROMPT_TOKENS = 512;
  private static final int DECODED_TOKENS = 64;

  private FloatSpeed() {}

  /**
   * Prints tokens per second, one line for each repetition; the first ones read the file and warm up.
   *
   * @param args the folder of a checkpoint, and how often
   */
  public static void main(String[] args) {
    try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]))) {
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        measure(FloatModel.of(checkpoint), i);
      }
    }
  }

  private static void measure(FloatModel model, int repetition) {
    int[] prompt = new SplittableRandom(1).ints(PROMPT_TOKENS, 0, model.vocabularySize()).toArray();
    LanguageModel.Sequence sequence = model.start();
    double startCpu = cpuSeconds();
    long start = System.nanoTime();
    // As in a use, logits are wanted after the last token of the prompt only.
    sequence.append(Arrays.copyOf(prompt, PROMPT_TOKENS - 1), null);
    int[] next = {prompt[PROMPT_TOKENS - 1]};
    LanguageModel.LogitsSink greedy = (position, logits) -> next[0] = largest(logits);
    sequence.append(next.clone(), greedy);
    long prefilled = System.nanoTime();
    double prefilledCpu = cpuSeconds();
    for (int i = 0; i < DECODED_TOKENS; i++) {
      sequence.append(next.clone(), greedy);
    }
    long decoded = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "repetition %d: prefill of %d tokens %.1f tokens/s (CPU %.1f ms a token),"
            + " decode of %d tokens %.1f tokens/s (CPU %.1f ms a token)%n",
        repetition,
        PROMPT_TOKENS,
        PROMPT_TOKENS * 1e9 / (prefilled - start),
        (prefilledCpu - startCpu) * 1000 / PROMPT_TOKENS,
        DECODED_TOKENS,
        DECODED_TOKENS * 1e9 / (decoded - prefilled),
        (cpuSeconds() - prefilledCpu) * 1000 / DECODED_TOKENS);
  }

  /** On a machine with other work, the time of the processors says more than the clock. */
  private static double cpuSeconds() {
    try {
      ObjectName system = new ObjectName("java.lang:type=OperatingSystem");
      return (long) ManagementFactory.getPlatformMBeanServer().getAttribute(system, "ProcessCpuTime") * 1e-9;
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
