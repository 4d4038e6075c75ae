package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelWriter;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tensor.HeapMatrix;
import java.util.stream.IntStream;

/** Quantizes and writes what has a row for each token of the vocabulary, some rows at a time. */
final class TableWriter {
  private static final int EMBEDDING_BITS = 16;

  /** Rows on the heap at a time. */
  private static final int BLOCK_ROWS = 2048;

  private final ModelWeights weights;
  private final ModelShape shape;
  private final QuantizationOptions options;

  TableWriter(ModelWeights weights, ModelShape shape, QuantizationOptions options) {
    this.weights = weights;
    this.shape = shape;
    this.options = options;
  }

  /**
   * Writes the embedding.
   *
   * @param rotation or null
   * @return fE
   */
  int embedding(ModelRotation rotation, QuantizedModelWriter writer) {
    int point =
        BinaryPoints.of(
            IntStream.range(0, shape.vocabulary()).parallel().mapToDouble(v -> largest(rotation, v)).max().orElse(0),
            EMBEDDING_BITS,
            0);
    int width = shape.model();
    for (int first = 0; first < shape.vocabulary(); first += BLOCK_ROWS) {
      int start = first;
      short[] rows = new short[Math.min(BLOCK_ROWS, shape.vocabulary() - first) * width];
      IntStream.range(0, rows.length / width)
          .parallel()
          .forEach(
              r -> {
                double[] row = new double[width];
                FusedLayer.fuseRow(weights.embedding(), start + r, null, rotation, row);
                for (int i = 0; i < width; i++) {
                  rows[r * width + i] = (short) Math.rint(Math.scalb(row[i], point));
                }
              });
      writer.embedding(rows);
    }
    return point;
  }

  private double largest(ModelRotation rotation, int token) {
    double[] row = new double[shape.model()];
    FusedLayer.fuseRow(weights.embedding(), token, null, rotation, row);
    double most = 0;
    for (double value : row) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  /**
   * Writes the LM head.
   *
   * @param rounded the quantized model's residual after the last block, or null where weights are not corrected for it
   */
  void head(
      CalibrationStream stream, RoundedStream rounded, QuantizedModelWriter writer, Work work, Progress progress) {
    ActivationRounding rounding = options.activationRounding(QuantizedModel.HEAD_ACTIVATION_BITS);
    InputCorrection correction =
        rounded == null ? null : InputCorrection.of(stream.headInputs(rounding, rounded.hidden()));
    ErrorFeedback feedback = null;
    if (correction != null) {
      feedback = correction.feedback();
    } else if (rounding != null) {
      feedback = ErrorFeedback.of(stream.headInputs(rounding));
    }
    int group = GroupSize.of(options.groupSize(), shape.model(), "lm_head.weight");
    double scale = Math.sqrt(shape.model());
    MatrixQuantizer quantizer =
        new MatrixQuantizer("lm_head.weight", shape.model(), options.headBits(), group, feedback);
    MatrixQuantizer.Rows fused =
        (row, target) -> {
          FusedLayer.fuseRow(weights.head(), row, weights.finalNorm(), stream.rotation(), target);
          for (int i = 0; i < target.length; i++) {
            target[i] *= scale;
          }
        };
    long rowWork = work.row(shape.model(), options.headBits());
    for (int first = 0; first < shape.vocabulary(); first += BLOCK_ROWS) {
      int rows = Math.min(BLOCK_ROWS, shape.vocabulary() - first);
      MatrixQuantizer.Rows source = correction == null ? fused : corrected(correction, fused, first, rows);
      writer.head(
          quantizer.quantize(
              first, rows, source, row -> NumericFormat.FIXED_FRACTION, done -> progress.advance(done * rowWork)));
    }
  }

  private MatrixQuantizer.Rows corrected(
      InputCorrection correction, MatrixQuantizer.Rows source, int first, int rows) {
    int width = shape.model();
    float[] values = new float[rows * width];
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            r -> {
              double[] row = new double[width];
              source.read(first + r, row);
              for (int i = 0; i < width; i++) {
                values[r * width + i] = (float) row[i];
              }
            });
    float[] result = correction.apply(new HeapMatrix(values, rows, width)).values();
    return (row, target) -> {
      for (int i = 0; i < width; i++) {
        target[i] = result[(row - first) * width + i];
      }
    };
  }
}
