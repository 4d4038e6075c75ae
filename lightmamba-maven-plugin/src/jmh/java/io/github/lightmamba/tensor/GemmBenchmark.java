package io.github.lightmamba.tensor;

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

/** Float products: in_proj and out_proj of 130m, and an odd size; one token is the product with a vector. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class GemmBenchmark {
  @Param({"3352x768", "768x1536", "1001x1003"})
  String size;

  @Param({"1", "7", "64", "256"})
  int tokens;

  private Matrix matrix;
  private float[] x;
  private float[] y;

  /** Fills matrix and vectors. */
  @Setup
  public void fill() {
    int rows = Integer.parseInt(size.split("x")[0]);
    int cols = Integer.parseInt(size.split("x")[1]);
    matrix = new HeapMatrix(random(rows * cols), rows, cols);
    x = random(tokens * cols);
    y = new float[tokens * rows];
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    return values;
  }

  /** Multiplies, on all processors. */
  @Benchmark
  public float[] multiply() {
    Gemm.multiply(matrix, x, tokens, y);
    return y;
  }
}
