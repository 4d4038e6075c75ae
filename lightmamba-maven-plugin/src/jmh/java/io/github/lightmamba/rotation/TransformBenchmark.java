package io.github.lightmamba.rotation;

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

/** One vector through the Hadamard transform: a power of two, and the widths of 130m and 2.7b. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class TransformBenchmark {
  @Param({"768", "1024", "1536", "2560", "5120"})
  int length;

  private HadamardTransform transform;
  private double[] reals;
  private long[] integers;

  /** Fills the vectors; repeated transforms would overflow, so each run starts from these. */
  @Setup
  public void fill() {
    transform = new HadamardTransform(length);
    SplittableRandom random = new SplittableRandom(1);
    reals = random.doubles(length, -1, 1).toArray();
    integers = random.longs(length, -1000, 1000).toArray();
  }

  /** Transforms doubles, as the fused rotation does. */
  @Benchmark
  public double[] reals() {
    double[] vector = reals.clone();
    transform.apply(vector, 0);
    return vector;
  }

  /** Transforms integers, as the integer model does. */
  @Benchmark
  public long[] integers() {
    long[] vector = integers.clone();
    transform.apply(vector, 0);
    return vector;
  }
}
