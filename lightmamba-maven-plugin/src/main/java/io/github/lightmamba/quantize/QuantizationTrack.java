package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.LayerScalars;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedModelWriter;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.report.LayerDistributions;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import java.util.ArrayList;
import java.util.List;

/** A model on its way through the blocks: its calibration stream, and the file that it grows in. */
final class QuantizationTrack implements AutoCloseable {
  /**
   * out_proj is quantized before the residual's binary point is known, for this one; its kappas are moved afterwards.
   */
  static final int PROVISIONAL_RESIDUAL_POINT = 22;

  private final ModelWeights weights;
  private final ModelShape shape;
  private final QuantizationOptions options;
  private final CalibrationStream stream;
  private final RoundedStream rounded;
  private final QuantizedModelWriter writer;
  private final List<FinishedLayer> layers;

  /**
   * Starts, or goes on.
   *
   * @param stream before the next block
   * @param rounded the quantized model's residual there, or null where weights are not corrected for it
   * @param layers the complete blocks
   */
  QuantizationTrack(
      ModelWeights weights,
      ModelShape shape,
      QuantizationOptions options,
      CalibrationStream stream,
      RoundedStream rounded,
      QuantizedModelWriter writer,
      List<FinishedLayer> layers) {
    this.weights = weights;
    this.shape = shape;
    this.options = options;
    this.stream = stream;
    this.rounded = rounded;
    this.writer = writer;
    this.layers = new ArrayList<>(layers);
  }

  /**
   * Calibrates, quantizes and writes the next block.
   *
   * @param known ranges inside the block from elsewhere, or null to use what this track sees
   * @return the ranges
   */
  LayerRanges next(LayerRanges known, WorkPlan plan, Work work, Progress progress) {
    int index = layers.size();
    ModelRotation rotation = stream.rotation();
    FusedLayer fused = FusedLayer.of(weights.layers().get(index), rotation);
    Scheme scheme = options.scheme();
    // The online transform is not normalised; the picture shows it as if it were.
    double innerScale = rotation == null ? 1 : 1 / Math.sqrt(shape.inner());
    DistributionProbe picture = new DistributionProbe(options.activationGroup(), innerScale);
    CorrectedInputs corrected =
        rounded == null ? null : new CorrectedInputs(rounded, fused, () -> progress.advance(work.roundedWindow()));
    RangeProbe probe =
        corrected == null
            ? new RangeProbe(fused, plan.tokens(), picture, options.activationRounding(scheme.activationBits()))
            : new RangeProbe(fused, plan.tokens(), new ProbePair(picture, corrected), null);
    stream.pass(fused, probe, () -> progress.advance(work.window() + work.statistics()));
    LayerRanges ranges = known == null ? probe.ranges() : known;
    LayerInputs inputs = corrected == null ? probe.inputs() : corrected;
    progress.advance(
        work.factor(shape.model(), shape.inProjRows()) + work.factor(shape.inner(), shape.model()));
    LayerQuantizer quantizer =
        new LayerQuantizer(
            "backbone.layers." + index + ".mixer.",
            shape,
            options,
            weights.config().normEpsilon(),
            PROVISIONAL_RESIDUAL_POINT,
            (rows, cols) -> progress.advance(rows * work.row(cols, scheme.weightBits())));
    QuantizedLayer layer = quantizer.quantize(fused, ranges, inputs);
    writer.layer(index, layer);
    int group = Math.min(layer.inProj().group(), layer.outProj().group());
    LayerDistributions distributions =
        picture.distributions(fused, scheme.activationBits(), scheme.weightBits(), group);
    layers.add(
        new FinishedLayer(LayerScalars.of(layer), layer.outProj().kappas(), layer.outProjBias(), distributions));
    return ranges;
  }

  /** Returns the calibration stream. */
  CalibrationStream stream() {
    return stream;
  }

  /** Returns the quantized model's residual, or null. */
  RoundedStream rounded() {
    return rounded;
  }

  /** Returns the file. */
  QuantizedModelWriter writer() {
    return writer;
  }

  /** Returns what is known of the complete blocks; a copy. */
  List<FinishedLayer> layers() {
    return List.copyOf(layers);
  }

  /** Returns what has to be kept of this track. */
  UnfinishedWork.Track state() {
    return new UnfinishedWork.Track(stream.largestResidual(), layers());
  }

  @Override
  public void close() {
    writer.close();
  }
}
