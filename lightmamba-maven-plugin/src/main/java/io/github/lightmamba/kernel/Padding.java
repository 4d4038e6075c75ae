package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the images of a token carry beside the model's own bytes ({@code docs/formats.md}, sections 2 to 4), counted by
 * cause: not as what is left, so that it can be held against what is left.
 */
public final class Padding {
  private static final int HEAD_RECORD_BYTES = 16;
  private static final int HEAD_BYTES = 4 + 4 + 4 + 1 + 1;

  private Padding() {}

  /**
   * Returns the bytes of a token by cause: {@code rows}, whole rows and their scales, which fill the last round of the
   * units; {@code rowEnds}, the last word of a row; {@code scaleEnds}, the last word of a block's scales; {@code
   * convolutionRecords}, what a record has beside taps, bias and shift, records without a channel, the last word of a
   * block's; {@code headRecords}, {@code layerScalars}, {@code gainEnds} and {@code embeddingEnd} of the core.
   */
  public static Map<String, Long> of(Schedule schedule) {
    ModelShape shape = schedule.shape();
    long layers = shape.layers();
    Causes layer = new Causes();
    for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
      layer.add(schedule, segment);
    }
    Causes head = new Causes();
    head.add(schedule, Segment.HEAD);
    long word = Schedule.WORD_BYTES;
    long headRecords = word * Schedule.words((long) HEAD_RECORD_BYTES * shape.heads()) - HEAD_BYTES * shape.heads();
    long gains = (long) Short.BYTES * shape.inner();
    long embedding = (long) Short.BYTES * shape.model();
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("rows", layers * layer.rows + head.rows);
    bytes.put("rowEnds", layers * layer.rowEnds + head.rowEnds);
    bytes.put("scaleEnds", layers * layer.scaleEnds + head.scaleEnds);
    bytes.put("convolutionRecords", layers * layer.records);
    bytes.put("headRecords", layers * headRecords);
    bytes.put("layerScalars", layers * word);
    bytes.put("gainEnds", layers * (word * Schedule.words(gains) - gains));
    bytes.put("embeddingEnd", word * Schedule.words(embedding) - embedding);
    return bytes;
  }

  /** The causes in the units' images. */
  private static final class Causes {
    private long rows;
    private long rowEnds;
    private long scaleEnds;
    private long records;

    void add(Schedule schedule, Segment segment) {
      long units = schedule.units();
      int word = Schedule.WORD_BYTES;
      long entries = schedule.entries(segment);
      long padded = units * schedule.rows(segment) - entries;
      long rowBytes = (long) word * schedule.rowWords(segment);
      long scaleBytes = schedule.rowScaleBytes(segment);
      rows += padded * (rowBytes + scaleBytes);
      rowEnds += entries * (rowBytes - schedule.weightBytes(segment));
      for (Block block : schedule.blocks(segment)) {
        scaleEnds += units * (word * block.scaleWords() - block.rows() * scaleBytes);
        records += units * word * block.recordWords();
      }
      records -= schedule.convolved(segment) * (2L * schedule.shape().conv() + Integer.BYTES + 1);
    }
  }
}
