package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Mamba2Config;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
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

/** The float scan of one block of 130m, and of one with odd sizes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ScanBenchmark {
  /** Heads, channels of a head, states. */
  @Param({"24x64x128", "7x33x19"})
  String size;

  @Param({"1", "37", "256"})
  int tokens;

  private Scan scan;
  private float[] xbc;
  private float[] dt;
  private float[] state;
  private float[] y;

  /** Fills inputs and state. */
  @Setup
  public void fill() {
    int[] sizes = Arrays.stream(size.split("x")).mapToInt(Integer::parseInt).toArray();
    int heads = sizes[0];
    int inner = heads * sizes[1];
    Mamba2Config config =
        new Mamba2Config(
            inner, inner, heads, sizes[1], sizes[2], 1, 1, 4, 1, 8, 1e-5, true, false, true, 0, 100, true,
            OptionalInt.empty(), List.of(), List.of());
    scan =
        new Scan(
            new BlockWeights(
                config, null, null, null, null, null, null, random(heads), random(heads), null, null, null));
    xbc = random(tokens * config.convChannels());
    dt = random(tokens * heads);
    state = new float[inner * sizes[2]];
    y = new float[tokens * inner];
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  /** Runs all heads over all tokens, on all processors; the state goes on. */
  @Benchmark
  public float[] run() {
    scan.run(tokens, xbc, dt, state, y);
    return y;
  }
}
