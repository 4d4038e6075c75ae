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
 * <p>An estimate: each model reads the beginning of the first window, in runs of 8, 16, 32, ... tokens, until one takes
 * long enough to be timed or the runs have cost a tenth of the work; the pace of the last run is taken for the whole.
 */
public final class ExpectedTime {
  private static final int FIRST_RUN = 8;

  /** A run of this time is long against the noise of the clock and of the compiler. */
  private static final long ENOUGH_NANOS = 500_000_000L;

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
    while (true) {
      long took = time(model, run);
      if (took >= ENOUGH_NANOS || 2L * run > longest) {
        return (long) ((double) took / run * tokens);
      }
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
