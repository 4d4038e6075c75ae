package io.github.lightmamba.quantize;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Rows of weights rounded to nearest: widths of 130m and 2.7b, and one with groups of 8; the time is that of a row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MatrixQuantizerBenchmark {
  private static final int FRACTION = 16;
  private static final int ROWS = 256;

  @Param({"768", "1000", "5120"})
  int cols;

  @Param({"4", "8"})
  int bits;

  private MatrixQuantizer target;
  private double[] values;

  /** Fills a row. */
  @Setup
  public void fill() {
    target = new MatrixQuantizer("benchmark", cols, bits);
    values = new SplittableRandom(1).doubles(cols, -1, 1).toArray();
  }

  /** Rounds the rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object row() {
    return target.quantize(ROWS, (row, copy) -> System.arraycopy(values, 0, copy, 0, cols), row -> FRACTION);
  }
}
