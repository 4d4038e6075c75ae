package io.github.lightmamba.perplexity;

import io.github.lightmamba.mamba.LanguageModel;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how long an evaluation will take, before it starts.
 *
 * <p>An estimate: each model reads the beginning of the first window, in runs of 8, 16, 32, ... tokens, until its pace
 * settles or the runs have cost a tenth of the work. The pace of the last run is taken for the whole: the first ones
 * are slow, because Java compiles the code while it runs and because a few tokens use the caches badly.
 */
public final class ExpectedTime {
  private static final int FIRST_RUN = 8;

  /** Below this time, all runs together, the code may be still uncompiled. */
  private static final long ENOUGH_NANOS = 1_000_000_000L;

  /** A pace of this share of the one before has not settled. */
  private static final double FASTER = 0.85;

  /** The runs double, so their sum is below twice the last one: at most a tenth of the work. */
  private static final int SHARE = 20;

  private final EvaluationWindows windows;
  private final LongSupplier nanos;

  /**
   * Makes an estimator.
   *
   * @param windows what will be evaluated
   */
  public ExpectedTime(EvaluationWindows windows) {
    this(windows, System::nanoTime);
  }

  ExpectedTime(EvaluationWindows windows, LongSupplier nanos) {
    this.windows = windows;
    this.nanos = nanos;
  }

  /**
   * Prints windows, tokens and the expected time.
   *
   * @param models each reads all windows
   * @param progress the voice
   */
  public void announce(List<? extends LanguageModel> models, Progress progress) {
    long tokens = (long) windows.count() * windows.length();
    long expected = models.stream().mapToLong(this::of).sum();
    progress.info(
        String.format(
            Locale.ROOT,
            "evaluation: %,d %s of %,d tokens, %,d tokens for %s; expected time %s (estimated from a short run)",
            windows.count(),
            windows.count() == 1 ? "window" : "windows",
            windows.length(),
            tokens,
            models.size() == 1 ? "the model" : "each of " + models.size() + " models",
            ConsoleProgress.time(expected)));
  }

  /** Returns the expected time of a model for all windows, in ns. */
  private long of(LanguageModel model) {
    long tokens = (long) windows.count() * windows.length();
    long longest = Math.min(Math.min(Perplexity.TURN_TOKENS, windows.length()), Math.max(FIRST_RUN, tokens / SHARE));
    int run = Math.min(FIRST_RUN, windows.length());
    long spent = 0;
    double before = Double.POSITIVE_INFINITY;
    while (true) {
      long took = time(model, run);
      double pace = (double) took / run;
      spent += took;
      boolean settled = spent >= ENOUGH_NANOS && pace > FASTER * before;
      if (settled || 2L * run > longest) {
        return (long) (pace * tokens);
      }
      before = pace;
      run *= 2;
    }
  }

  private long time(LanguageModel model, int run) {
    double[] sink = new double[1];
    int[] tokens = windows.read(0, 0, run);
    long start = nanos.getAsLong();
    model.start().append(tokens, (position, logits) -> sink[0] += Perplexity.logSumExp(logits));
    return nanos.getAsLong() - start;
  }
}
