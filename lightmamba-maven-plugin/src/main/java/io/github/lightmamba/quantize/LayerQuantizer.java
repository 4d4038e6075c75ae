package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.FixedPoint;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.tensor.Matrix;
import java.util.function.IntUnaryOperator;

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
  private final QuantizationOptions options;
  private final double epsilon;
  private final int residualPoint;
  private final RowsDone rowsDone;

  /** Is told of rows of a projection that are done, by any thread. */
  @FunctionalInterface
  interface RowsDone {
    /** Tells of {@code rows} more rows of {@code cols} inputs. */
    void done(int rows, int cols);
  }

  /**
   * Creates the quantizer of a block.
   *
   * @param name prefix of the tensors, for messages
   * @param epsilon of the norms
   * @param residualPoint fR
   * @param rowsDone is told how far the projections are
   */
  LayerQuantizer(
      String name,
      ModelShape shape,
      QuantizationOptions options,
      double epsilon,
      int residualPoint,
      RowsDone rowsDone) {
    this.name = name;
    this.shape = shape;
    this.options = options;
    this.epsilon = epsilon;
    this.residualPoint = residualPoint;
    this.rowsDone = rowsDone;
  }

  /**
   * Quantizes the block.
   *
   * @param layer norm weight fused into in_proj (its {@code norm} is not read), out_proj against the input that it will
   *     meet
   * @param ranges what calibration saw
   * @param inputs of in_proj and out_proj
   */
  QuantizedLayer quantize(LayerWeights layer, LayerRanges ranges, LayerInputs inputs) {
    int[] convPoints = convPoints(ranges);
    int gatedPoint = BinaryPoints.of(ranges.gated(), NumericFormat.GATED_BITS, BinaryPoints.HEADROOM_BITS);
    int normPoint = BinaryPoints.of(most(layer.gatedNorm()), NumericFormat.CONV_BITS, 0);
    boolean whole = shape.normGroups() == 1;
    int normLength = shape.inner() / shape.normGroups();
    int weightedInput = whole ? gatedPoint : NumericFormat.NORMED_FRACTION;
    double weighted = whole ? ranges.gatedWeighted() : ranges.normed() / Math.sqrt(normLength);
    int weightedPoint = BinaryPoints.of(weighted, NumericFormat.GATED_BITS, BinaryPoints.HEADROOM_BITS);
    int gatedNormShift = weightedInput + normPoint - weightedPoint;
    byte[] stateBits = new byte[shape.heads()];
    for (int h = 0; h < stateBits.length; h++) {
      stateBits[h] = (byte) StateWidth.of(ranges.decays()[h]);
    }
    Convolution convolution = convolution(layer, convPoints);
    DecayRates rates = DecayRates.of(layer.aLog());
    int outScale = gatedNormShift - normPoint - (whole ? 0 : NumericFormat.NORMED_FRACTION);
    double inProjScale = Math.sqrt(shape.model());
    double outProjScale = Math.scalb(Math.sqrt(normLength), outScale);
    IntUnaryOperator inProjPoints = row -> inProjPoint(row, convPoints);
    QuantizedMatrix inProj = inProj(inputs.inProj(layer.inProj()), inProjScale, inProjPoints);
    QuantizedMatrix outProj =
        outProj(
            inputs.outProj(layer.outProj(), () -> RoundedMatrix.of(inProj, inProjPoints, inProjScale)), outProjScale);
    inputs.done(() -> RoundedMatrix.of(outProj, row -> residualPoint, outProjScale));
    return new QuantizedLayer(
        inProj,
        outProj,
        bias(layer.inProjBias(), inProjPoints),
        bias(layer.outProjBias(), row -> residualPoint),
        convolution.weights,
        convolution.bias,
        convolution.shifts,
        fixed(layer.dtBias()),
        rates.mantissas(),
        rates.shifts(),
        fixed(layer.d()),
        stateBits,
        2 * NumericFormat.FIXED_FRACTION - gatedPoint,
        squareEpsilon(epsilon, normLength, gatedPoint),
        gatedNorm(layer.gatedNorm(), normPoint),
        gatedNormShift);
  }

  /**
   * Returns κ of out_proj for another binary point of the residual.
   *
   * @param move new minus old fraction bits
   * @throws LightMambaException if a row cannot be expressed at it
   */
  static byte[] moved(byte[] outProjKappas, int move) {
    byte[] kappas = outProjKappas.clone();
    for (int r = 0; r < kappas.length; r++) {
      int kappa = kappas[r] - move;
      if (kappa != (byte) kappa) {
        throw new LightMambaException(
            ErrorCode.TENSOR_INVALID,
            "out_proj.weight, row " + r + ": kappa " + kappa
                + " is outside −128..127; this row is too large or too small for the residual.",
            "check that the checkpoint is a trained model and not damaged.");
      }
      kappas[r] = (byte) kappa;
    }
    return kappas;
  }

  /** Returns the bias of out_proj for another binary point of the residual; see {@link #moved(byte[], int)}. */
  static int[] moved(int[] outProjBias, int move) {
    int[] bias = outProjBias.clone();
    for (int r = 0; r < bias.length; r++) {
      bias[r] = (int) FixedPoint.shift(bias[r], -move, NumericFormat.VALUE_BITS);
    }
    return bias;
  }

  /** Returns max(1, round(n·eps·2^(2f))): ε in units of the sum of squares. */
  static long squareEpsilon(double epsilon, int length, int point) {
    return Math.max(1, Math.round(Math.scalb(length * epsilon, 2 * point)));
  }

  private int[] convPoints(LayerRanges ranges) {
    int[] points = new int[shape.convChannels()];
    for (int c = 0; c < points.length; c++) {
      int point = BinaryPoints.of(ranges.convInput()[c], NumericFormat.CONV_BITS, BinaryPoints.HEADROOM_BITS);
      points[c] = Math.min(CONV_INPUT_POINT_MAX, point);
    }
    return points;
  }

  private int inProjPoint(int row, int[] convPoints) {
    int channel = row - shape.inner();
    boolean conv = channel >= 0 && channel < shape.convChannels();
    return conv ? convPoints[channel] : NumericFormat.FIXED_FRACTION;
  }

  private QuantizedMatrix inProj(LayerInputs.Target target, double scale, IntUnaryOperator points) {
    MatrixQuantizer quantizer = matrix("in_proj.weight", shape.model(), target.feedback());
    return quantizer.quantize(
        0,
        shape.inProjRows(),
        scaled(target.weights(), scale),
        points,
        rows -> rowsDone.done(rows, shape.model()));
  }

  private QuantizedMatrix outProj(LayerInputs.Target target, double scale) {
    MatrixQuantizer quantizer = matrix("out_proj.weight", shape.inner(), target.feedback());
    return quantizer.quantize(
        0,
        shape.model(),
        scaled(target.weights(), scale),
        row -> residualPoint,
        rows -> rowsDone.done(rows, shape.inner()));
  }

  private MatrixQuantizer matrix(String tensor, int cols, ErrorFeedback feedback) {
    int group = GroupSize.of(options.groupSize(), cols, name + tensor);
    return new MatrixQuantizer(name + tensor, cols, options.scheme().weightBits(), group, feedback);
  }

  private static MatrixQuantizer.Rows scaled(Matrix matrix, double scale) {
    return (row, target) -> {
      float[] values = new float[target.length];
      matrix.readRow(row, values, 0);
      for (int i = 0; i < target.length; i++) {
        target[i] = values[i] * scale;
      }
    };
  }

  private static int[] bias(float[] values, IntUnaryOperator points) {
    if (values == null) {
      return new int[0];
    }
    int[] result = new int[values.length];
    for (int r = 0; r < values.length; r++) {
      double scaled = Math.rint(Math.scalb((double) values[r], points.applyAsInt(r)));
      result[r] = (int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, scaled));
    }
    return result;
  }

  private record Convolution(short[] weights, int[] bias, byte[] shifts) {}

  private Convolution convolution(LayerWeights layer, int[] convPoints) {
    int taps = shape.conv();
    int given = layer.config().convKernel();
    int zeros = taps - given; // a single tap is stored with a zero before it
    int channels = convPoints.length;
    Convolution result = new Convolution(new short[channels * taps], new int[channels], new byte[channels]);
    for (int c = 0; c < convPoints.length; c++) {
      double most = 0;
      for (int k = 0; k < given; k++) {
        most = Math.max(most, Math.abs(layer.convWeight()[c * given + k]));
      }
      int point = Math.min(CONV_WEIGHT_POINT_MAX, BinaryPoints.of(most, NumericFormat.CONV_BITS, 0));
      double bias = layer.convBias()[c];
      point = Math.min(point, BinaryPoints.of(Math.abs(bias), NumericFormat.VALUE_BITS, 0) - convPoints[c]);
      for (int k = 0; k < given; k++) {
        double weight = layer.convWeight()[c * given + k];
        result.weights[c * taps + zeros + k] = (short) Math.rint(Math.scalb(weight, point));
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
}
