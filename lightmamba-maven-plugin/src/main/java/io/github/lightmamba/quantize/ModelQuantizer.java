package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.FixedPoint;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedModelWriter;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.report.LayerDistributions;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a float model into a quantized one, block by block, along the calibration text; {@code docs/numerics.md}. Every
 * block is written as it is made. Where the plan says so, a model without a rotation is made in the same pass.
 */
final class ModelQuantizer {
  private static final int DT_BITS = 39;

  /** Behind the name of a residual stream: the one of the quantized model. */
  private static final String ROUNDED = ".rounded";

  private final ModelWeights weights;
  private final ModelShape shape;
  private final QuantizationOptions options;

  /**
   * The result beside the files.
   *
   * @param proof that the rotation is invisible in float
   * @param before distributions of every block without the rotation
   * @param after the same with it
   */
  record Result(RotationProof proof, List<LayerDistributions> before, List<LayerDistributions> after) {}

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
   * Quantizes; goes on where an earlier run of the same work was killed.
   *
   * @param tokens of the calibration text, at least {@code plan.tokens()}
   * @param unfinished where the models are written
   * @throws LightMambaException if the rotated float model does not equal the original
   * @throws IOException if writing fails
   */
  Result run(ModelRotation rotation, int[] tokens, WorkPlan plan, UnfinishedWork unfinished, Progress progress)
      throws IOException {
    UnfinishedWork.State found = unfinished.state().orElse(null);
    if (found != null && found.proof() != null) {
      progress.info("all " + shape.layers() + " blocks were quantized by an earlier run that did not end");
      return result(found);
    }
    Run run = new Run(rotation, tokens, plan, unfinished, progress);
    try (QuantizationTrack rotated = run.track(rotation, found == null ? null : found.rotated());
        QuantizationTrack plain =
            plan.unrotated() ? run.track(null, found == null ? null : found.unrotated()) : null) {
      return run.finish(rotated, plain, found == null ? 0 : found.layers());
    }
  }

  /** The distributions before the rotation are kept with the blocks of the model that has them, or of the rotated. */
  private static Result result(UnfinishedWork.State state) {
    List<LayerDistributions> after = state.rotated().layers().stream().map(FinishedLayer::distributions).toList();
    List<LayerDistributions> before = state.unrotated().layers().stream().map(FinishedLayer::distributions).toList();
    return new Result(state.proof(), before, after);
  }

  /** One run, from its first block to the end. */
  private final class Run {
    private final ModelRotation rotation;
    private final int[] tokens;
    private final WorkPlan plan;
    private final UnfinishedWork unfinished;
    private final Progress progress;
    private final Work work;

    Run(ModelRotation rotation, int[] tokens, WorkPlan plan, UnfinishedWork unfinished, Progress progress) {
      this.rotation = rotation;
      this.tokens = tokens;
      this.plan = plan;
      this.unfinished = unfinished;
      this.progress = progress;
      this.work = new Work(shape, options, plan);
    }

    QuantizationTrack track(ModelRotation its, UnfinishedWork.Track found) {
      Path folder = its == null ? unfinished.unrotated() : unfinished.rotated();
      if (found == null) {
        CalibrationStream stream = new CalibrationStream(weights, its, tokens, plan);
        float[][] start =
            plan.corrected() ? Arrays.stream(stream.hidden()).map(float[]::clone).toArray(float[][]::new) : null;
        return new QuantizationTrack(
            weights, shape, options, stream, rounded(start), QuantizedModelWriter.create(folder, files()), List.of());
      }
      String name = its == null ? "unrotated" : "rotated";
      float[][] hidden = unfinished.stream(name, plan.windows());
      float[][] arrived = plan.corrected() ? unfinished.stream(name + ROUNDED, plan.windows()) : null;
      CalibrationStream stream =
          new CalibrationStream(weights, its, plan.windowTokens(), hidden, found.largestResidual());
      QuantizedModelWriter writer = QuantizedModelWriter.resume(folder, files(), found.layers().size());
      return new QuantizationTrack(weights, shape, options, stream, rounded(arrived), writer, found.layers());
    }

    private RoundedStream rounded(float[][] hidden) {
      ActivationRounding rounding = options.activationRounding(options.scheme().activationBits());
      return plan.corrected()
          ? new RoundedStream(weights.config(), rounding, plan.windowTokens(), hidden)
          : null;
    }

    private QuantizedModelWriter.Plan files() {
      return new QuantizedModelWriter.Plan(
          options.scheme().toString(),
          shape,
          options.scheme().weightBits(),
          options.headBits(),
          options.scheme().activationBits(),
          options.activationGroup(),
          GroupSize.of(options.groupSize(), shape.model(), "backbone.layers.0.mixer.in_proj.weight"),
          GroupSize.of(options.groupSize(), shape.inner(), "backbone.layers.0.mixer.out_proj.weight"),
          GroupSize.of(options.groupSize(), shape.model(), "lm_head.weight"));
    }

    Result finish(QuantizationTrack rotated, QuantizationTrack plain, int first) throws IOException {
      OriginalStream original = original(first);
      // Without a second model, what the picture shows of it comes from the original's window.
      List<FinishedLayer> before = new ArrayList<>(first == 0 || plain != null ? List.of() : kept());
      if (first > 0) {
        String where = first < shape.layers() ? "at block " + (first + 1) : "after the last block";
        progress.info("goes on " + where + " of " + shape.layers() + ", where a run was interrupted");
      }
      String announcement = work.announcement(first);
      if (announcement != null) {
        progress.info(announcement);
      }
      progress.phase("calibrating and quantizing", work.from(first));
      for (int l = first; l < shape.layers(); l++) {
        LayerRanges ranges = plain == null ? null : plain.next(null, plan, work, progress);
        rotated.next(ranges, plan, work, progress);
        LayerWeights layer = weights.layers().get(l);
        DistributionProbe picture = plain == null ? new DistributionProbe(options.activationGroup(), 1) : null;
        original.pass(layer, picture);
        progress.advance(work.original());
        if (picture != null) {
          before.add(pictured(layer, picture));
        }
        if (plan.resumable()) {
          keep(l + 1, rotated, plain, before, original);
        }
      }
      RotationProof proof = RotationProof.of(weights, original, rotated.stream(), plan.originalTokens());
      complete(rotated);
      if (plain != null) {
        complete(plain);
      }
      UnfinishedWork.State state =
          unfinished.state(shape.layers(), rotated.state(), comparison(plain, before), proof);
      unfinished.complete(state);
      return result(state);
    }

    private OriginalStream original(int first) {
      if (first > 0) {
        return new OriginalStream(weights, plan.originalTokens(), unfinished.stream("original", 1)[0]);
      }
      int start = plan.tokens() - plan.windowTokens();
      return new OriginalStream(weights, Arrays.copyOfRange(tokens, start, start + plan.originalTokens()));
    }

    private List<FinishedLayer> kept() {
      return unfinished.state().orElseThrow().unrotated().layers();
    }

    private FinishedLayer pictured(LayerWeights layer, DistributionProbe picture) {
      QuantizedModelWriter.Plan files = files();
      Scheme scheme = options.scheme();
      int group = Math.min(files.inProjGroup(), files.outProjGroup());
      return new FinishedLayer(
          null,
          null,
          null,
          picture.distributions(FusedLayer.of(layer, null), scheme.activationBits(), scheme.weightBits(), group));
    }

    private UnfinishedWork.Track comparison(QuantizationTrack plain, List<FinishedLayer> before) {
      return plain == null ? new UnfinishedWork.Track(0, List.copyOf(before)) : plain.state();
    }

    private void keep(
        int layers,
        QuantizationTrack rotated,
        QuantizationTrack plain,
        List<FinishedLayer> before,
        OriginalStream original)
        throws IOException {
      Map<String, float[][]> streams = new LinkedHashMap<>();
      put(streams, "rotated", rotated);
      streams.put("original", new float[][] {original.hidden()});
      rotated.writer().force();
      if (plain != null) {
        put(streams, "unrotated", plain);
        plain.writer().force();
      }
      unfinished.keep(unfinished.state(layers, rotated.state(), comparison(plain, before), null), streams);
    }

    private void put(Map<String, float[][]> streams, String name, QuantizationTrack track) {
      streams.put(name, track.stream().hidden());
      if (track.rounded() != null) {
        streams.put(name + ROUNDED, track.rounded().hidden());
      }
    }

    /** Writes what is no block, and what had to wait for the residual's binary point. */
    private void complete(QuantizationTrack track) {
      CalibrationStream stream = track.stream();
      int residualPoint =
          BinaryPoints.of(stream.largestResidual(), NumericFormat.VALUE_BITS, BinaryPoints.HEADROOM_BITS);
      TableWriter tables = new TableWriter(weights, shape, options);
      int embeddingPoint = tables.embedding(stream.rotation(), track.writer());
      int move = residualPoint - QuantizationTrack.PROVISIONAL_RESIDUAL_POINT;
      List<FinishedLayer> layers = track.layers();
      for (int l = 0; l < layers.size(); l++) {
        FinishedLayer layer = layers.get(l);
        track
            .writer()
            .outProjResults(
                l,
                LayerQuantizer.moved(layer.outProjKappas(), move),
                LayerQuantizer.moved(layer.outProjBias(), move));
      }
      tables.head(stream, track.rounded(), track.writer(), work, progress);
      Mamba2Config config = weights.config();
      track
          .writer()
          .finish(
              embeddingPoint - residualPoint,
              LayerQuantizer.squareEpsilon(config.normEpsilon(), shape.model(), residualPoint),
              timeStep(config.dtLimitLow()),
              timeStep(config.dtLimitHigh()),
              layers.stream().map(FinishedLayer::scalars).toList());
    }
  }

  private static long timeStep(double limit) {
    double scaled = Math.rint(Math.scalb(limit, NumericFormat.DT_FRACTION));
    return (long) Math.max(0, Math.min(FixedPoint.limit(DT_BITS), scaled));
  }
}
