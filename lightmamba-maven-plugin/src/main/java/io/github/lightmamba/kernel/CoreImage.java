package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.Tables;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the core's parameters and its embedding table; {@code docs/formats.md}, sections 3 and 4. */
final class CoreImage {
  private static final int HEAD_RECORD_BYTES = 16;

  private CoreImage() {}

  /** Returns the words of the parameters. */
  static long words(ModelShape shape) {
    long tables =
        Schedule.words(4L * Tables.RSQRT.length)
            + Schedule.words(4L * Tables.EXP2.length)
            + Schedule.words(4L * Tables.LOG1P.length);
    long layer = 1 + Schedule.words((long) HEAD_RECORD_BYTES * shape.heads()) + Schedule.words(2L * shape.inner());
    return tables + 1 + shape.layers() * layer;
  }

  /** Writes tables, scalars and per-layer vectors. */
  static ImageSize writeParameters(QuantizedModel model, Path file) throws IOException {
    try (WordWriter out = new WordWriter(file)) {
      table(out, Tables.RSQRT);
      table(out, Tables.EXP2);
      table(out, Tables.LOG1P);
      out.int64(model.epsilon());
      out.int64(model.dtLow());
      out.int64(model.dtHigh());
      out.int8(model.embeddingShift());
      out.pad();
      long once = out.words();
      for (QuantizedLayer layer : model.layers()) {
        layer(out, layer);
      }
      return new ImageSize(out.words(), out.words() - once, 0, 0, 0);
    }
  }

  private static void table(WordWriter out, int[] knots) throws IOException {
    for (int knot : knots) {
      out.int32(knot);
    }
    out.pad();
  }

  private static void layer(WordWriter out, QuantizedLayer layer) throws IOException {
    out.int64(layer.gatedEpsilon());
    out.int8(layer.gateShift());
    out.int8(layer.gatedNormShift());
    out.pad();
    for (int h = 0; h < layer.dtBias().length; h++) {
      out.int32(layer.dtBias()[h]);
      out.int32(layer.rateMantissas()[h]);
      out.int32(layer.skip()[h]);
      out.int8(layer.rateShifts()[h]);
      out.int8(layer.stateBits()[h]);
      out.int16(0);
    }
    out.pad();
    for (short g : layer.gatedNorm()) {
      out.int16(g);
    }
    out.pad();
  }

  /** Writes the embedding rows; one of them is read for a token. */
  static ImageSize writeEmbedding(QuantizedModel model, Path file) throws IOException {
    int width = model.shape().model();
    try (WordWriter out = new WordWriter(file)) {
      for (int row = 0; row < model.shape().vocabulary(); row++) {
        for (int i = 0; i < width; i++) {
          out.int16(model.embedding().get(row * width + i));
        }
        out.pad();
      }
      return new ImageSize(out.words(), Schedule.words(2L * width), 0, 0, 0);
    }
  }
}
