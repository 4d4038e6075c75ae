package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.mamba.LayerWeights;

/**
 * Turns one block of float weights into integers.
 *
 * <p>The weights come rotated (or not, for the comparison); this class does not know the difference.
 */
final class LayerQuantizer {
  /** Keeps fx + fw − 16 and the bias in their fields whatever the ranges are. */
  private static final int CONV_INPUT_POINT_MAX = 24;

  private static final int CONV_WEIGHT_POINT_MAX = 30;

  private final String name;
  private final ModelShape shape;
  private final int weightBits;
  private final double epsilon;
  private final int residualPoint;

  /**
   * Creates the quantizer of a block.
   *
   * @param name prefix of the tensors, for messages
   * @param weightBits width of in_proj and out_proj
   * @param epsilon of the norms
   * @param residualPoint fR
   */
  LayerQuantizer(String name, ModelShape shape, int weightBits, double epsilon, int residualPoint) {
    this.name = name;
    this.shape = shape;
    this.weightBits = weightBits;
    this.epsilon = epsilon;
    this.residualPoint = residualPoint;
  }

  /**
   * Quantizes the block.
   *
   * @param layer norm weight fused into in_proj (its {@code norm} is not read), out_proj against the input that it will meet
   * @param ranges what calibration saw
   */
  QuantizedLayer quantize(LayerWeights layer, LayerRanges ranges) {
    int[] convPoints = convPoints(ranges);
    int gatedPoint = BinaryPoints.of(ranges.gated(), NumericFormat.GATED_BITS, BinaryPoints.HEADROOM_BITS);
    int normPoint = BinaryPoints.of(most(layer.gatedNorm()), NumericFormat.CONV_BITS, 0);
    int weightedPoint = BinaryPoints.of(ranges.gatedWeighted(), NumericFormat.GATED_BITS, BinaryPoints.HEADROOM_BITS);
    int gatedNormShift = gatedPoint + normPoint - weightedPoint;
    byte[] stateBits = new byte[shape.heads()];
    for (int h = 0; h < stateBits.length; h++) {
      stateBits[h] = (byte) StateWidth.of(ranges.decays()[h]);
    }
    Convolution convolution = convolution(layer, convPoints);
    DecayRates rates = DecayRates.of(layer.aLog());
    return new QuantizedLayer(
        inProj(layer, convPoints),
        outProj(layer, Math.scalb(Math.sqrt(shape.inner()), gatedNormShift - normPoint)),
        convolution.weights,
        convolution.bias,
        convolution.shifts,
        fixed(layer.dtBias()),
        rates.mantissas(),
        rates.shifts(),
        fixed(layer.d()),
        stateBits,
        2 * NumericFormat.FIXED_FRACTION - gatedPoint,
        squareEpsilon(epsilon, shape.inner(), gatedPoint),
        gatedNorm(layer.gatedNorm(), normPoint),
        gatedNormShift);
  }

  /** Returns max(1, round(n·eps·2^(2f))): ε in units of the sum of squares. */
  static long squareEpsilon(double epsilon, int length, int point) {
    return Math.max(1, Math.round(Math.scalb(length * epsilon, 2 * point)));
  }

  private int[] convPoints(LayerRanges ranges) {
    int[] points = new int[shape.convChannels()];
    for (int c = 0; c < points.length; c++) {
      points[c] = Math.min(CONV_INPUT_POINT_MAX, BinaryPoints.of(ranges.convInput()[c], NumericFormat.CONV_BITS, BinaryPoints.HEADROOM_BITS));
    }
    return points;
  }

  private QuantizedMatrix inProj(LayerWeights layer, int[] convPoints) {
    RoundToNearest target = new RoundToNearest(name + "in_proj.weight", shape.inProjRows(), shape.model(), weightBits);
    double scale = Math.sqrt(shape.model());
    float[] row = new float[shape.model()];
    double[] values = new double[row.length];
    for (int r = 0; r < shape.inProjRows(); r++) {
      layer.inProj().readRow(r, row, 0);
      scaled(row, scale, values);
      int channel = r - shape.inner();
      boolean conv = channel >= 0 && channel < shape.convChannels();
      target.row(r, values, conv ? convPoints[channel] : NumericFormat.FIXED_FRACTION);
    }
    return target.matrix();
  }

  private QuantizedMatrix outProj(LayerWeights layer, double scale) {
    RoundToNearest target = new RoundToNearest(name + "out_proj.weight", shape.model(), shape.inner(), weightBits);
    float[] row = new float[shape.inner()];
    double[] values = new double[row.length];
    for (int r = 0; r < shape.model(); r++) {
      layer.outProj().readRow(r, row, 0);
      scaled(row, scale, values);
      target.row(r, values, residualPoint);
    }
    return target.matrix();
  }

  private record Convolution(short[] weights, int[] bias, byte[] shifts) {}

  private Convolution convolution(LayerWeights layer, int[] convPoints) {
    int taps = shape.conv();
    Convolution result = new Convolution(new short[convPoints.length * taps], new int[convPoints.length], new byte[convPoints.length]);
    for (int c = 0; c < convPoints.length; c++) {
      double most = 0;
      for (int k = 0; k < taps; k++) {
        most = Math.max(most, Math.abs(layer.convWeight()[c * taps + k]));
      }
      int point = Math.min(CONV_WEIGHT_POINT_MAX, BinaryPoints.of(most, NumericFormat.CONV_BITS, 0));
      double bias = layer.convBias()[c];
      point = Math.min(point, BinaryPoints.of(Math.abs(bias), NumericFormat.VALUE_BITS, 0) - convPoints[c]);
      for (int k = 0; k < taps; k++) {
        result.weights[c * taps + k] = (short) Math.rint(Math.scalb((double) layer.convWeight()[c * taps + k], point));
      }
      result.bias[c] = (int) Math.rint(Math.scalb(bias, point + convPoints[c]));
      result.shifts[c] = (byte) (point + convPoints[c] - NumericFormat.FIXED_FRACTION);
    }
    return result;
  }

  private static short[] gatedNorm(float[] weights, int point) {
    short[] result = new short[weights.length];
    for (int i = 0; i < weights.length; i++) {
      result[i] = (short) Math.rint(Math.scalb((double) weights[i], point));
    }
    return result;
  }

  private static int[] fixed(float[] values) {
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      double scaled = Math.rint(Math.scalb((double) values[i], NumericFormat.FIXED_FRACTION));
      result[i] = (int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, scaled));
    }
    return result;
  }

  private static double most(float[] values) {
    double most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  private static void scaled(float[] row, double scale, double[] values) {
    for (int i = 0; i < row.length; i++) {
      values[i] = row[i] * scale;
    }
  }
}
