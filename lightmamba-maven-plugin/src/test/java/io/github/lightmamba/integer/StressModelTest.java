package io.github.lightmamba.integer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.quantize.ChosenStateWidth;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint;
import io.github.lightmamba.synthetic.SyntheticCheckpoint.Decays;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The integer scan of a model whose heads forget at every speed, on what really flows through its layers. */
class StressModelTest {
  private static final int TOKENS = 4096;

  /** Of a head; its other channels are of the same kind. */
  private static final int CHANNELS = 4;

  @TempDir Path folder;

  /** Keeps x, B, C and dt of one layer. */
  private static final class ScanInputs implements LayerProbe {
    private float[] xbc = new float[0];
    private float[] dt = new float[0];

    @Override
    public void timeStep(int tokens, float[] values) {
      dt = joined(dt, values);
    }

    @Override
    public void scanInput(int tokens, float[] values) {
      xbc = joined(xbc, values);
    }

    private static float[] joined(float[] first, float[] second) {
      float[] result = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, result, first.length, second.length);
      return result;
    }
  }

  @Test
  void everyHeadOfEveryLayerKeeps25Decibels() {
    SyntheticShape sizes = SyntheticShape.of("small");
    SyntheticCheckpoint.write(folder, sizes, Decays.STRESS, DType.F32, 1);
    ScanInputs[] inputs = new ScanInputs[sizes.layers()];
    Arrays.setAll(inputs, layer -> new ScanInputs());
    float[][] aLog = new float[sizes.layers()][];
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      Arrays.setAll(aLog, layer -> weights.layers().get(layer).aLog().clone());
      int[] text = new SplittableRandom(2).ints(TOKENS, 0, sizes.vocabulary()).toArray();
      new FloatModel(weights, layer -> inputs[layer]).start().append(text, null);
    }

    boolean[] widths = new boolean[17];
    for (int layer = 0; layer < sizes.layers(); layer++) {
      for (int head = 0; head < sizes.heads(); head++) {
        double rate = Math.exp(aLog[layer][head]);
        double[] steps = steps(inputs[layer].dt, head, sizes.heads());
        int bits = ChosenStateWidth.of(slowDecay(steps, rate));
        widths[bits] = true;

        double decibels = decibels(sizes, inputs[layer].xbc, head, steps, rate, bits);

        assertThat(decibels).as("layer %d, head %d, %d bits", layer, head, bits).isGreaterThanOrEqualTo(25);
      }
    }
    assertThat(widths[8] && widths[12] && widths[16]).as("every width was met").isTrue();
  }

  private static double[] steps(float[] dt, int head, int heads) {
    double[] steps = new double[TOKENS];
    Arrays.setAll(steps, t -> dt[t * heads + head]);
    return steps;
  }

  /** The 95th percentile, as calibration takes it. */
  private static double slowDecay(double[] steps, double rate) {
    double[] decays = Arrays.stream(steps).map(step -> Math.exp(-step * rate)).sorted().toArray();
    return decays[(int) (0.95 * decays.length)];
  }

  /** Signal to noise of y for one head, against a double-precision scan of the same quantized operands. */
  private static double decibels(SyntheticShape sizes, float[] xbc, int head, double[] steps, double rate, int bits) {
    ModelShape shape = new ModelShape(8, CHANNELS, 1, CHANNELS, sizes.state(), 1, 4, 1, false, 1, 8);
    double binaryRate = rate / Math.log(2);
    int shift = 12 + 23 - Math.getExponent(binaryRate);
    int mantissa = (int) Math.min((1 << 24) - 1, Math.round(Math.scalb(binaryRate, shift - 12)));
    QuantizedLayer layer =
        new QuantizedLayer(
            null, null, null, null, null, null, null, new int[1], new int[] {mantissa}, new byte[] {(byte) shift}, new int[1],
            new byte[] {(byte) bits}, 0, 0, null, 0);
    QuantizedModel model = new QuantizedModel(shape, 8, 32, null, 0, 0, 0, FixedPoint.limit(39), null, null, null);
    int row = sizes.convChannels();
    int[] bc = new int[2 * sizes.state() * TOKENS];
    int[] dt = new int[TOKENS];
    int[] xs = new int[CHANNELS * TOKENS];
    for (int t = 0; t < TOKENS; t++) {
      dt[t] = fixed(Math.log(Math.expm1(steps[t])));
      for (int i = 0; i < 2 * sizes.state(); i++) {
        bc[i * TOKENS + t] = fixed(xbc[t * row + sizes.inner() + i]);
      }
      for (int c = 0; c < CHANNELS; c++) {
        xs[c * TOKENS + t] = fixed(xbc[t * row + head * sizes.headDim() + c]);
      }
    }
    Saturations saturations = new Saturations();
    ScanOperands operands = ScanOperands.of(model, layer, bc, dt, 0, TOKENS, saturations);
    IntegerScan scan = new IntegerScan(shape, layer, operands, TOKENS, saturations);
    short[] mantissas = new short[CHANNELS * sizes.state()];
    byte[] exponents = new byte[CHANNELS * shape.stateGroups()];
    int[] y = new int[TOKENS];
    double signal = 0;
    double noise = 0;
    for (int c = 0; c < CHANNELS; c++) {
      scan.channel(c, xs, c * TOKENS, mantissas, exponents, y);
      double[] state = new double[sizes.state()];
      for (int t = 0; t < TOKENS; t++) {
        double right = LongMemory.expected(state, operands, shape, 0, TOKENS, xs[c * TOKENS + t], t);
        double difference = Math.scalb((double) y[t], -NumericFormat.FIXED_FRACTION) - right;
        signal += right * right;
        noise += difference * difference;
      }
    }
    return 10 * Math.log10(signal / noise);
  }

  private static int fixed(double value) {
    return (int) Math.rint(Math.scalb(value, NumericFormat.FIXED_FRACTION));
  }
}
