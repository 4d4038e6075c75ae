package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.FixedPoint;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.report.LayerDistributions;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a float model into a quantized one, block by block, along the calibration text; {@code docs/numerics.md}. The
 * rotated model and, for comparison, one
 * without a rotation are made in one pass.
 */
final class ModelQuantizer {
  private static final int WINDOWS = 8;
  private static final int EMBEDDING_BITS = 16;
  private static final int DT_BITS = 39;

  /**
   * out_proj is quantized before the residual's binary point is known, for this one; its kappas are moved afterwards.
   */
  private static final int PROVISIONAL_RESIDUAL_POINT = 22;

  private final ModelWeights weights;
  private final ModelShape shape;
  private final QuantizationOptions options;

  /**
   * The result.
   *
   * @param rotated the model
   * @param unrotated the same without a rotation
   * @param proof that the rotation is invisible in float
   * @param before distributions of every block without the rotation
   * @param after the same with it
   */
  record Result(
      QuantizedModel rotated,
      QuantizedModel unrotated,
      RotationProof proof,
      List<LayerDistributions> before,
      List<LayerDistributions> after) {}

  /** One of the two models on its way through the blocks. */
  private record Track(CalibrationStream stream, List<QuantizedLayer> layers, List<LayerDistributions> distributions) {
    static Track of(CalibrationStream stream) {
      return new Track(stream, new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * Creates the quantizer.
   *
   * @throws LightMambaException if the architecture has a part that the integer model has not
   */
  ModelQuantizer(ModelWeights weights, QuantizationOptions options) {
    this.weights = weights;
    this.shape = QuantizableShape.of(weights.config());
    this.options = options;
  }

  /** Returns the sizes. */
  ModelShape shape() {
    return shape;
  }

  /**
   * Quantizes.
   *
   * @param tokens of the calibration text, at least {@link CalibrationStream#WINDOW_TOKENS}
   * @throws LightMambaException if the rotated float model does not equal the original
   */
  Result run(ModelRotation rotation, int[] tokens, Progress progress) {
    int windows = Math.min(WINDOWS, tokens.length / CalibrationStream.WINDOW_TOKENS);
    Track plain = Track.of(new CalibrationStream(weights, null, tokens, windows));
    Track rotated = Track.of(new CalibrationStream(weights, rotation, tokens, windows));
    progress.phase("calibrating and quantizing", 2L * windows * shape.layers());
    for (int l = 0; l < shape.layers(); l++) {
      LayerRanges ranges = layer(l, plain, windows, null, progress);
      layer(l, rotated, windows, ranges, progress);
    }
    RotationProof proof = RotationProof.of(weights, RotationProof.lastWindow(tokens, windows), rotated.stream);
    return new Result(model(rotated), model(plain), proof, plain.distributions, rotated.distributions);
  }

  /**
   * Calibrates and quantizes one block; the ranges inside it do not depend on the rotation, the unrotated ones serve
   * both.
   */
  private LayerRanges layer(int l, Track track, int windows, LayerRanges known, Progress progress) {
    FusedLayer fused = FusedLayer.of(weights.layers().get(l), track.stream.rotation());
    Scheme scheme = options.scheme();
    // The online transform is not normalised; the picture shows it as if it were.
    double innerScale = track.stream.rotation() == null ? 1 : 1 / Math.sqrt(shape.inner());
    DistributionProbe picture = new DistributionProbe(options.activationGroup(), innerScale);
    RangeProbe probe =
        new RangeProbe(fused, windows * CalibrationStream.WINDOW_TOKENS, picture, rounding(scheme.activationBits()));
    track.stream.pass(fused, probe, progress);
    LayerRanges ranges = known == null ? probe.ranges() : known;
    String name = "backbone.layers." + l + ".mixer.";
    LayerQuantizer quantizer =
        new LayerQuantizer(name, shape, options, weights.config().normEpsilon(), PROVISIONAL_RESIDUAL_POINT);
    QuantizedLayer layer = quantizer.quantize(fused, ranges, probe.inputs());
    track.layers.add(layer);
    int group = Math.min(layer.inProj().group(), layer.outProj().group());
    track.distributions.add(picture.distributions(fused, scheme.activationBits(), scheme.weightBits(), group));
    return ranges;
  }

  private QuantizedModel model(Track track) {
    CalibrationStream stream = track.stream;
    ModelRotation rotation = stream.rotation();
    int residualPoint =
        BinaryPoints.of(stream.largestResidual(), NumericFormat.VALUE_BITS, BinaryPoints.HEADROOM_BITS);
    Mamba2Config config = weights.config();
    int embeddingPoint = BinaryPoints.of(largestEmbedding(rotation), EMBEDDING_BITS, 0);
    int move = residualPoint - PROVISIONAL_RESIDUAL_POINT;
    return new QuantizedModel(
        shape,
        options.scheme().activationBits(),
        options.activationGroup(),
        embedding(rotation, embeddingPoint),
        embeddingPoint - residualPoint,
        LayerQuantizer.squareEpsilon(config.normEpsilon(), shape.model(), residualPoint),
        timeStep(config.dtLimitLow()),
        timeStep(config.dtLimitHigh()),
        track.layers.stream().map(layer -> LayerQuantizer.withResidualPoint(layer, move)).toList(),
        head(stream),
        rotation == null ? null : rotation.online());
  }

  private static long timeStep(double limit) {
    double scaled = Math.rint(Math.scalb(limit, NumericFormat.DT_FRACTION));
    return (long) Math.max(0, Math.min(FixedPoint.limit(DT_BITS), scaled));
  }

  private double largestEmbedding(ModelRotation rotation) {
    double most = 0;
    double[] row = new double[shape.model()];
    for (int v = 0; v < shape.vocabulary(); v++) {
      FusedLayer.fuseRow(weights.embedding(), v, null, rotation, row);
      for (double value : row) {
        most = Math.max(most, Math.abs(value));
      }
    }
    return most;
  }

  private ShortBuffer embedding(ModelRotation rotation, int point) {
    ShortBuffer result = ShortBuffer.allocate(Math.multiplyExact(shape.vocabulary(), shape.model()));
    double[] row = new double[shape.model()];
    for (int v = 0; v < shape.vocabulary(); v++) {
      FusedLayer.fuseRow(weights.embedding(), v, null, rotation, row);
      for (double value : row) {
        result.put((short) Math.rint(Math.scalb(value, point)));
      }
    }
    return result.flip();
  }

  /** Returns how inputs are rounded if the weights shall know it, else null. */
  private ActivationRounding rounding(int bits) {
    return options.method() == Method.GPTQ ? new ActivationRounding(bits, options.activationGroup()) : null;
  }

  private QuantizedMatrix head(CalibrationStream stream) {
    ActivationRounding rounding = rounding(QuantizedModel.HEAD_ACTIVATION_BITS);
    ErrorFeedback feedback = rounding == null ? null : ErrorFeedback.of(stream.headInputs(rounding));
    int group = GroupSize.of(options.groupSize(), shape.model(), "lm_head.weight");
    double scale = Math.sqrt(shape.model());
    return new MatrixQuantizer("lm_head.weight", shape.model(), options.headBits(), group, feedback)
        .quantize(
            shape.vocabulary(),
            (row, target) -> {
              FusedLayer.fuseRow(weights.head(), row, weights.finalNorm(), stream.rotation(), target);
              for (int i = 0; i < target.length; i++) {
                target[i] *= scale;
              }
            },
            row -> NumericFormat.FIXED_FRACTION);
  }
}
