package io.github.lightmamba.integer;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The integer scan of one head of 64 channels over 64 tokens, on one processor. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class IntegerScanBenchmark {
  private static final int CHANNELS = 64;

  @Param({"128", "40"})
  int states;

  @Param({"8", "16"})
  int stateBits;

  @Param({"1", "64"})
  int tokens;

  private IntegerScan scan;
  private int[] xs;
  private short[] mantissas;
  private byte[] exponents;
  private int[] y;

  /** Fills inputs and state. */
  @Setup
  public void fill() {
    ModelShape shape = new ModelShape(8, CHANNELS, 1, CHANNELS, states, 1, 4, 1, false, 1, 8);
    // dt = 0.01 and a decay of 0.99.
    long dt = Math.round(Math.scalb(0.01, NumericFormat.DT_FRACTION));
    QuantizedLayer layer =
        new QuantizedLayer(
            null, null, null, null, null, null, null, new int[1], new int[] {12_102_203}, new byte[] {35}, new int[1],
            new byte[] {(byte) stateBits}, 0, 0, null, 0);
    QuantizedModel model = new QuantizedModel(shape, 8, 32, null, 0, 0, dt, dt, null, null, null);
    SplittableRandom random = new SplittableRandom(1);
    int[] bc = random.ints(2L * states * tokens, -(1 << 17), 1 << 17).toArray();
    Saturations saturations = new Saturations();
    ScanOperands operands = ScanOperands.of(model, layer, bc, new int[tokens], 0, tokens, saturations);
    scan = new IntegerScan(shape, layer, operands, tokens, saturations);
    xs = random.ints((long) CHANNELS * tokens, -(1 << 17), 1 << 17).toArray();
    mantissas = new short[CHANNELS * states];
    exponents = new byte[CHANNELS * shape.stateGroups()];
    Arrays.fill(exponents, (byte) 10);
    y = new int[tokens];
  }

  /** Runs the head; the state goes on. */
  @Benchmark
  public int[] head() {
    for (int c = 0; c < CHANNELS; c++) {
      scan.channel(c, xs, c * tokens, mantissas, exponents, y);
    }
    return y;
  }
}
