package io.github.lightmamba.integer;

import java.util.SplittableRandom;

/**
 * One head with one decay over many tokens: the integer scan, and a scan in double precision of the same quantized
 * inputs. The difference is what the width of the hidden state costs. D is 0, so that y is the state's alone.
 */
final class LongMemory {
  private static final int CHANNELS = 4;
  private static final int STATES = 128;

  /** Silent tokens between two looks at the state. */
  private static final int SILENT_STEP = 10;

  /** What x, B and C look like. */
  enum Input {
    /** White noise. */
    NOISE,
    /** White noise around a mean, as silu leaves it: slow heads add up. */
    BIASED,
    /** Noise for 64 tokens, then a hundred times less: what was stored has to outlive the quiet. */
    BURST
  }

  /** Of the state's working value; a real state below half of it over 1 - decay does not shrink any more. */
  private static final double RESOLUTION = Math.pow(2, -NumericFormat.STATE_FRACTION);

  /** How far above the smallest value that shrinks a state has to be for its relative error to count. */
  private static final double ABOVE_RESOLUTION = 20;

  /** A state that has fallen to this part of what it was no longer matters to y; a slow head does not get there. */
  private static final double FORGOTTEN = 0.01;

  /**
   * The quality of a run.
   *
   * @param decay as the integers have it
   * @param decibels signal to noise of y while there was input
   * @param earlyError largest distance of the states, relative to the length of the right one, once the input is zero,
   *     until the right one has fallen to {@link #FORGOTTEN}
   * @param lastError the same after the last silent token; NaN if the right state is below its resolution there
   */
  record Quality(double decay, double decibels, double earlyError, double lastError) {}

  private final ModelShape shape = new ModelShape(8, CHANNELS, 1, CHANNELS, STATES, 1, 4, 1, false, 1, 8);
  private final QuantizedLayer layer;
  private final long dt;
  private final short[] mantissas = new short[CHANNELS * STATES];
  private final byte[] exponents;
  private final double[][] reference = new double[CHANNELS][STATES];
  private double signal;
  private double noise;
  private double decay;

  private LongMemory(double target, int bits) {
    exponents = new byte[CHANNELS * shape.stateGroups()];
    // dt = 0.01; A follows from the decay that is wanted.
    double rate = -Math.log(target) / 0.01 / Math.log(2);
    int shift = 12 + 23 - Math.getExponent(rate);
    int mantissa = (int) Math.min((1 << 24) - 1, Math.round(Math.scalb(rate, shift - 12)));
    dt = Math.round(Math.scalb(0.01, NumericFormat.DT_FRACTION));
    layer =
        new QuantizedLayer(
            null, null, null, null, null, null, null, new int[1], new int[] {mantissa}, new byte[] {(byte) shift}, new int[1],
            new byte[] {(byte) bits}, 0, 0, null, 0);
  }

  /** Runs {@code tokens} tokens with input, then {@code silent} ones without. */
  static Quality run(double target, int bits, Input input, int tokens, int silent, long seed) {
    LongMemory memory = new LongMemory(target, bits);
    SplittableRandom random = new SplittableRandom(seed);
    for (int done = 0; done < tokens; done += 64) {
      double scale = input == Input.BURST && done > 0 ? 0.01 : 1;
      memory.chunk(Math.min(64, tokens - done), scale, input == Input.BIASED ? 0.3 : 0, random);
    }
    double decibels = 10 * Math.log10(memory.signal / memory.noise);
    double start = memory.length();
    double early = 0;
    for (int done = 0; done < silent; done += SILENT_STEP) {
      memory.chunk(Math.min(SILENT_STEP, silent - done), 0, 0, random);
      if (memory.length() >= FORGOTTEN * start) {
        early = Math.max(early, memory.stateError());
      }
    }
    double smallest = ABOVE_RESOLUTION * RESOLUTION / 2 / (1 - memory.decay) * Math.sqrt(CHANNELS * STATES);
    return new Quality(memory.decay, decibels, early, memory.length() > smallest ? memory.stateError() : Double.NaN);
  }

  private double length() {
    double squares = 0;
    for (double[] channel : reference) {
      for (double value : channel) {
        squares += value * value;
      }
    }
    return Math.sqrt(squares);
  }

  private void chunk(int tokens, double scale, double mean, SplittableRandom random) {
    int[] xs = new int[CHANNELS * tokens];
    int[] bc = new int[2 * STATES * tokens];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = (int) Math.rint(scale * 65536 * (mean + random.nextGaussian()));
    }
    for (int i = 0; i < bc.length; i++) {
      bc[i] = (int) Math.rint(65536 * (mean + random.nextGaussian()));
    }
    QuantizedModel model = new QuantizedModel(shape, 8, 32, null, 0, 0, dt, dt, null, null, null);
    Saturations saturations = new Saturations();
    ScanOperands operands = ScanOperands.of(model, layer, bc, new int[tokens], 0, tokens, saturations);
    IntegerScan scan = new IntegerScan(shape, layer, operands, tokens, saturations);
    decay = Math.scalb((double) operands.decays[0], -NumericFormat.DECAY_FRACTION);
    int[] y = new int[tokens];
    for (int c = 0; c < CHANNELS; c++) {
      scan.channel(c, xs, c * tokens, mantissas, exponents, y);
      for (int t = 0; t < tokens; t++) {
        double expected = expected(reference[c], operands, shape, 0, tokens, xs[c * tokens + t], t);
        signal += expected * expected;
        double difference = Math.scalb((double) y[t], -NumericFormat.FIXED_FRACTION) - expected;
        noise += difference * difference;
      }
    }
  }

  /**
   * The recurrence of docs/numerics.md, section 5, on real numbers; only its inputs are rounded. One group of B and C.
   *
   * @param state (state), updated
   * @param x Q16
   * @return y without D·x
   */
  static double expected(
      double[] state, ScanOperands operands, ModelShape shape, int head, int tokens, int x, int t) {
    double decay = Math.scalb((double) operands.decays[head * tokens + t], -NumericFormat.DECAY_FRACTION);
    long product = (long) x * operands.dtMantissas[head * tokens + t];
    int e = 0;
    while (Math.abs(product) >> e > 127) {
      e++;
    }
    double dx = Math.max(-127, Math.min(127, Math.floor(product / Math.pow(2, e) + 0.5)));
    dx = Math.scalb(dx, e + operands.dtExponents[head * tokens + t] - 48);
    int width = shape.stateGroup();
    double y = 0;
    for (int n = 0; n < state.length; n++) {
      int g = t * shape.stateGroups() + n / width;
      double b = Math.scalb((double) operands.b[g][n % width], operands.bExponents[g] - 16);
      double c = Math.scalb((double) operands.c[g][n % width], operands.cExponents[g] - 16);
      state[n] = decay * state[n] + dx * b;
      y += state[n] * c;
    }
    return y;
  }

  /** The distance of the states, relative to the length of the right one, over all channels. */
  private double stateError() {
    double distance = 0;
    for (int c = 0; c < CHANNELS; c++) {
      for (int n = 0; n < STATES; n++) {
        int es = exponents[c * shape.stateGroups() + n / shape.stateGroup()];
        double found = Math.scalb((double) mantissas[c * STATES + n], es - NumericFormat.STATE_FRACTION);
        distance += (found - reference[c][n]) * (found - reference[c][n]);
      }
    }
    return Math.sqrt(distance) / length();
  }
}
