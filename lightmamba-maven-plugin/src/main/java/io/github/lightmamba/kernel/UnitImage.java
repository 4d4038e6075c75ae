package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the words that one compute unit's port reads, in the order in which it reads them; {@code docs/formats.md},
 * section 2.
 */
final class UnitImage {
  /** One row of a block: where its weights come from, or padding if the matrix is null. */
  private record Row(QuantizedMatrix matrix, int row) {}

  private static final int[] NO_BIAS = {};

  private final QuantizedModel model;
  private final Schedule schedule;
  private final int keptLayers;
  private final int unit;
  private final WordWriter out;

  private UnitImage(QuantizedModel model, Schedule schedule, int keptLayers, int unit, WordWriter out) {
    this.model = model;
    this.schedule = schedule;
    this.keptLayers = keptLayers;
    this.unit = unit;
    this.out = out;
  }

  /**
   * Writes the image of a unit.
   *
   * @param keptLayers first layers whose state stays on chip
   */
  static ImageSize write(QuantizedModel model, Schedule schedule, int keptLayers, int unit, Path file)
      throws IOException {
    try (WordWriter out = new WordWriter(file)) {
      return new UnitImage(model, schedule, keptLayers, unit, out).write();
    }
  }

  /** Returns the words of a unit's image. */
  static long words(Schedule schedule) {
    ModelShape shape = schedule.shape();
    long layer =
        schedule.segmentWords(Segment.SHARED)
            + schedule.segmentWords(Segment.CHANNELS)
            + schedule.segmentWords(Segment.OUT);
    return headerWords(shape)
        + Schedule.words(2L * (Tables.SILU.length - 1))
        + shape.layers() * layer
        + schedule.segmentWords(Segment.HEAD);
  }

  /** Returns the words before the SiLU table: the header and the state widths. */
  private static int headerWords(ModelShape shape) {
    return 1 + Schedule.words((long) shape.layers() * shape.heads());
  }

  private ImageSize write() throws IOException {
    byte[][] widths = StateLayout.widths(model);
    long stateWords = StateLayout.slotWords(model.shape(), schedule.units(), unit, widths);
    out.int32(Math.toIntExact(stateWords));
    out.int32(Math.toIntExact(words(schedule)));
    out.pad();
    for (byte[] layer : widths) {
      out.bytes(layer);
    }
    out.pad();
    for (int i = 0; i < Tables.SILU.length - 1; i++) {
      out.int16(Tables.SILU[i]);
    }
    out.pad();
    long once = out.words();
    for (QuantizedLayer layer : model.layers()) {
      shared(layer);
      channels(layer);
      plain(layer.outProj(), layer.outProjBias(), schedule.out());
    }
    long layers = out.words() - once;
    plain(model.head(), NO_BIAS, schedule.head());
    byte[][] kept = Arrays.copyOf(widths, keptLayers);
    long keptWords = StateLayout.slotWords(model.shape(), schedule.units(), unit, kept);
    return new ImageSize(out.words(), layers, out.words() - once - layers, stateWords, keptWords);
  }

  private void shared(QuantizedLayer layer) throws IOException {
    RowList list = schedule.shared();
    for (int first = 0; first < list.rounds(); first += Schedule.BLOCK_ROWS) {
      List<Row> rows = new ArrayList<>();
      for (int round = first; round < Math.min(list.rounds(), first + Schedule.BLOCK_ROWS); round++) {
        int entry = list.entry(unit, round);
        convRecord(layer, entry < 0 ? -1 : schedule.sharedConvChannel(entry));
        rows.add(entry < 0 ? new Row(null, -1) : new Row(layer.inProj(), schedule.sharedRow(entry)));
      }
      out.pad();
      block(rows, layer.inProj(), layer.inProjBias());
    }
  }

  private void channels(QuantizedLayer layer) throws IOException {
    RowList list = schedule.channels();
    int pairs = Schedule.BLOCK_ROWS / 2;
    for (int first = 0; first < list.rounds(); first += pairs) {
      List<Row> rows = new ArrayList<>();
      for (int round = first; round < Math.min(list.rounds(), first + pairs); round++) {
        int channel = list.entry(unit, round);
        convRecord(layer, channel);
        rows.add(channel < 0 ? new Row(null, -1) : new Row(layer.inProj(), schedule.xRow(channel)));
        rows.add(channel < 0 ? new Row(null, -1) : new Row(layer.inProj(), schedule.zRow(channel)));
      }
      out.pad();
      block(rows, layer.inProj(), layer.inProjBias());
    }
  }

  private void plain(QuantizedMatrix matrix, int[] bias, RowList list) throws IOException {
    for (int first = 0; first < list.rounds(); first += Schedule.BLOCK_ROWS) {
      List<Row> rows = new ArrayList<>();
      for (int round = first; round < Math.min(list.rounds(), first + Schedule.BLOCK_ROWS); round++) {
        int entry = list.entry(unit, round);
        rows.add(entry < 0 ? new Row(null, -1) : new Row(matrix, entry));
      }
      block(rows, matrix, bias);
    }
  }

  private void convRecord(QuantizedLayer layer, int channel) throws IOException {
    int size = schedule.convRecordBytes();
    if (channel < 0) {
      out.zeros(size);
      return;
    }
    int taps = schedule.shape().conv();
    for (int k = 0; k < taps; k++) {
      out.int16(layer.convWeights()[channel * taps + k]);
    }
    out.int32(layer.convBias()[channel]);
    out.int8(layer.convShifts()[channel]);
    out.zeros(size - 2 * taps - Integer.BYTES - 1);
  }

  /**
   * Scales, then weights; {@code like} gives padding rows their size, {@code bias} has a value a row or none at all.
   */
  private void block(List<Row> rows, QuantizedMatrix like, int[] bias) throws IOException {
    for (Row row : rows) {
      if (row.matrix == null) {
        out.zeros(like.groups() + 1 + (bias.length == 0 ? 0 : Integer.BYTES));
        continue;
      }
      for (int g = 0; g < like.groups(); g++) {
        out.int8(row.matrix.mantissas()[row.row * like.groups() + g]);
      }
      out.int8(row.matrix.kappas()[row.row]);
      if (bias.length != 0) {
        out.int32(bias[row.row]);
      }
    }
    out.pad();
    byte[] weights = new byte[like.cols()];
    for (Row row : rows) {
      if (row.matrix == null) {
        Arrays.fill(weights, (byte) 0);
      } else {
        row.matrix.readRow(row.row, weights);
      }
      out.bytes(packed(weights, like.bits()));
      out.pad();
    }
  }

  /** Packs weights of a width, element i at bits i·bits. */
  private static byte[] packed(byte[] weights, int bits) {
    if (bits == Byte.SIZE) {
      return weights;
    }
    byte[] packed = new byte[(weights.length + 1) / 2];
    for (int i = 0; i < weights.length; i++) {
      packed[i / 2] |= (byte) ((weights[i] & 0xf) << (i % 2 * 4));
    }
    return packed;
  }
}
