package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.tensor.Gemm;
import io.github.lightmamba.tensor.HeapMatrix;
import java.util.Locale;

/**
 * How much a quantization has to do, in multiply-adds of the float product; other work counts as the number that takes
 * as long (the ratios were measured, and serve to tell the time only).
 */
final class Work {
  /** A multiply-add of the factorisation or of the feedback, in doubles. */
  private static final double WIDE = 1.7;

  /** Reading, rotating and rounding a weight at 8 bits, and what the search of its scale adds at 4. */
  private static final double WEIGHT = 190;

  private static final double SEARCH = 200;

  /** Work that is told beforehand how long it takes. */
  private static final double WORTH_TELLING = 1e11;

  private static final int PROBE_SIZE = 256;
  private static final long PROBE_NANOS = 500_000_000;

  private final ModelShape shape;
  private final QuantizationOptions options;
  private final WorkPlan plan;

  Work(ModelShape shape, QuantizationOptions options, WorkPlan plan) {
    this.shape = shape;
    this.options = options;
    this.plan = plan;
  }

  /** Returns the weights of the matrices of a block. */
  static long blockWeights(ModelShape shape) {
    return (long) shape.model() * (shape.inProjRows() + shape.inner());
  }

  private boolean feedback() {
    return options.method() == Method.GPTQ;
  }

  /** Returns one window on its way through a block, without statistics. */
  long window() {
    return blockWeights(shape) * plan.windowTokens();
  }

  /** Returns the original's tokens on their way through a block. */
  long original() {
    return blockWeights(shape) * plan.originalTokens();
  }

  /** Returns the statistics of one window's inputs of both projections. */
  long statistics() {
    long moments = feedback() ? (squares(shape.model()) + squares(shape.inner())) / 2 * plan.windowTokens() : 0;
    return plan.corrected() ? 3 * moments : moments;
  }

  /** Returns one window on its way through the quantized block, once to out_proj and once to the end. */
  long roundedWindow() {
    return plan.corrected() ? 2 * window() : 0;
  }

  /** Returns the factorisation of the statistics of n inputs, and the correction of the rows that they meet. */
  long factor(int n, int rows) {
    double factor = feedback() ? WIDE * ErrorFeedback.work(n) : 0;
    return (long) (plan.corrected() ? factor + InputCorrection.work(n, rows) : factor);
  }

  /** Returns the rounding of a row. */
  long row(int cols, int bits) {
    double search = bits == 4 ? SEARCH : 0;
    return (long) (cols * (WEIGHT + search) + (feedback() ? WIDE * squares(cols) / 2 : 0));
  }

  /** Returns everything from the given block to the end. */
  long from(int layer) {
    int tracks = plan.unrotated() ? 2 : 1;
    int bits = options.scheme().weightBits();
    long rows = shape.inProjRows() * row(shape.model(), bits) + shape.model() * row(shape.inner(), bits);
    long track =
        plan.windows() * (window() + statistics() + roundedWindow())
            + factor(shape.model(), shape.inProjRows())
            + factor(shape.inner(), shape.model())
            + rows;
    long head = shape.vocabulary() * row(shape.model(), options.headBits());
    return (shape.layers() - layer) * (tracks * track + original()) + tracks * head;
  }

  private static long squares(int n) {
    return (long) n * n;
  }

  /**
   * Returns how long the work from a block to the end will take, as a line for people, after a short look at what this
   * machine does now; or null if it is too little to talk about.
   */
  String announcement(int layer) {
    long work = from(layer);
    if (work < WORTH_TELLING) {
      return null;
    }
    double rate = rate();
    double seconds = work / rate;
    String time =
        seconds < 90
            ? String.format(Locale.ROOT, "%.0f s", seconds)
            : String.format(Locale.ROOT, "%.0f min", seconds / 60);
    return String.format(
        Locale.ROOT,
        "quantizing %d blocks by %s takes about %s (estimated: %.1e multiply-adds, and this machine does %.1e a second"
            + " now)",
        shape.layers() - layer,
        options.method(),
        time,
        (double) work,
        rate);
  }

  /** Measures multiply-adds a second of the float product, on all cores, beside whatever else runs. */
  private static double rate() {
    HeapMatrix w = new HeapMatrix(new float[PROBE_SIZE * PROBE_SIZE], PROBE_SIZE, PROBE_SIZE);
    float[] x = new float[PROBE_SIZE * PROBE_SIZE];
    float[] y = new float[PROBE_SIZE * PROBE_SIZE];
    products(w, x, y); // until the just-in-time compiler has seen enough
    long start = System.nanoTime();
    long count = products(w, x, y);
    return 1e9 * count * PROBE_SIZE * squares(PROBE_SIZE) / (System.nanoTime() - start);
  }

  private static long products(HeapMatrix w, float[] x, float[] y) {
    long start = System.nanoTime();
    long count = 0;
    do {
      Gemm.multiply(w, x, PROBE_SIZE, y);
      count++;
    } while (System.nanoTime() - start < PROBE_NANOS);
    return count;
  }
}
