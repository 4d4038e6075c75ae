package io.github.lightmamba.integer;

import java.nio.ByteBuffer;
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

/** The integer product with its quantizer: in_proj of 130m, and a size with small groups and odd rows. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class IntegerGemmBenchmark {
  @Param({"3352x768", "1001x1000"})
  String size;

  @Param({"1", "7", "64"})
  int tokens;

  private final Saturations saturations = new Saturations();
  private QuantizedMatrix matrix;
  private ActivationBatch batch;
  private long[] vectors;
  private WideSum[] sums;
  private int cols;

  /** Fills matrix and vectors. */
  @Setup
  public void fill() {
    int rows = Integer.parseInt(size.split("x")[0]);
    cols = Integer.parseInt(size.split("x")[1]);
    SplittableRandom random = new SplittableRandom(1);
    byte[] weights = new byte[rows * cols];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (random.nextInt(255) - 127);
    }
    int group = ModelShape.weightGroup(cols);
    byte[] mantissas = new byte[rows * (cols / group)];
    Arrays.fill(mantissas, (byte) 200);
    byte[] kappas = new byte[rows];
    Arrays.fill(kappas, (byte) 20);
    matrix = new QuantizedMatrix(rows, cols, 8, group, ByteBuffer.wrap(weights), mantissas, kappas);
    vectors = random.longs((long) cols * tokens, -(1 << 20), 1 << 20).toArray();
    sums = new WideSum[tokens];
    Arrays.setAll(sums, t -> new WideSum(1L << 50));
    batch = quantize();
  }

  /** Quantizes the vectors. */
  @Benchmark
  public Object quantizer() {
    return quantize();
  }

  private ActivationBatch quantize() {
    return ActivationBatch.quantize(vectors, cols, tokens, 8, 32, sums);
  }

  /** Multiplies, on all processors. */
  @Benchmark
  public int[] multiply() {
    return IntegerGemm.multiply(matrix, batch, new int[0], saturations);
  }
}
