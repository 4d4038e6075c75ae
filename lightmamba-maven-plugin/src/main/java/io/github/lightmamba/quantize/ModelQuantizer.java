package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.FixedPoint;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tensor.Matrix;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;

/** Turns a float model and its calibration into a quantized model, with or without a rotation; {@code docs/numerics.md}. */
final class ModelQuantizer {
  private static final int EMBEDDING_BITS = 16;
  private static final int DT_BITS = 39;

  private final ModelWeights weights;
  private final ModelShape shape;
  private final Scheme scheme;
  private final int headBits;

  /**
   * Creates the quantizer.
   *
   * @param headBits width of the LM head
   * @throws LightMambaException if the architecture has a part that the integer model has not
   */
  ModelQuantizer(ModelWeights weights, Scheme scheme, int headBits) {
    this.weights = weights;
    this.shape = shape(weights.config());
    this.scheme = scheme;
    this.headBits = headBits;
  }

  private static ModelShape shape(Mamba2Config config) {
    refuse(config.groups() != 1, "n_groups", config.groups(), "1");
    refuse(config.useBias(), "use_bias", true, "false (in_proj and out_proj without a bias)");
    refuse(config.convKernel() > 12 || config.convKernel() < 2, "conv_kernel", config.convKernel(), "2 to 12");
    refuse(config.stateSize() % 8 != 0, "state_size", config.stateSize(), "a multiple of 8");
    return new ModelShape(
        config.hiddenSize(),
        config.innerSize(),
        config.heads(),
        config.headDim(),
        config.stateSize(),
        config.groups(),
        config.convKernel(),
        config.layers(),
        config.vocabularySize());
  }

  private static void refuse(boolean condition, String field, Object value, String limit) {
    if (condition) {
      throw new LightMambaException(
          ErrorCode.CHECKPOINT_UNSUPPORTED,
          "config.json: " + field + " = " + value + " cannot be quantized yet; the limit is " + limit + ".",
          "use a checkpoint within this limit; the float model (perplexity) reads this one.");
    }
  }

  /** Returns the sizes. */
  ModelShape shape() {
    return shape;
  }

  /**
   * Quantizes.
   *
   * @param calibration ranges
   * @param rotation null for the comparison without one
   */
  QuantizedModel quantize(Calibration calibration, ModelRotation rotation, Progress progress) {
    double residual = rotation == null ? calibration.residual() : calibration.rotatedResidual();
    int residualPoint = BinaryPoints.of(residual, NumericFormat.VALUE_BITS, BinaryPoints.HEADROOM_BITS);
    Mamba2Config config = weights.config();
    int embeddingPoint = BinaryPoints.of(largestEmbedding(rotation), EMBEDDING_BITS, 0);
    progress.phase(rotation == null ? "quantizing without rotation" : "quantizing", shape.layers());
    List<QuantizedLayer> layers = new ArrayList<>();
    for (int l = 0; l < shape.layers(); l++) {
      LayerQuantizer quantizer =
          new LayerQuantizer("backbone.layers." + l + ".mixer.", shape, scheme.weightBits(), config.normEpsilon(), residualPoint);
      layers.add(quantizer.quantize(FusedLayer.of(weights.layers().get(l), rotation), calibration.layers().get(l)));
      progress.advance(1);
    }
    return new QuantizedModel(
        shape,
        scheme.activationBits(),
        embedding(rotation, embeddingPoint),
        embeddingPoint - residualPoint,
        LayerQuantizer.squareEpsilon(config.normEpsilon(), shape.model(), residualPoint),
        timeStep(config.dtLimitLow()),
        timeStep(config.dtLimitHigh()),
        List.copyOf(layers),
        head(rotation),
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
    ShortBuffer result = ShortBuffer.allocate(shape.vocabulary() * shape.model());
    double[] row = new double[shape.model()];
    for (int v = 0; v < shape.vocabulary(); v++) {
      FusedLayer.fuseRow(weights.embedding(), v, null, rotation, row);
      for (double value : row) {
        result.put((short) Math.rint(Math.scalb(value, point)));
      }
    }
    return result.flip();
  }

  private QuantizedMatrix head(ModelRotation rotation) {
    Matrix head = weights.head();
    RoundToNearest target = new RoundToNearest("lm_head.weight", shape.vocabulary(), shape.model(), headBits);
    double scale = Math.sqrt(shape.model());
    double[] row = new double[shape.model()];
    for (int v = 0; v < shape.vocabulary(); v++) {
      FusedLayer.fuseRow(head, v, weights.finalNorm(), rotation, row);
      for (int i = 0; i < row.length; i++) {
        row[i] *= scale;
      }
      target.row(v, row, NumericFormat.FIXED_FRACTION);
    }
    return target.matrix();
  }
}
