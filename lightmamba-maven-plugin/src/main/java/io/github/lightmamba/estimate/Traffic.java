package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Padding;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.kernel.StateLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a decoded token, from the layout of the images: what {@code 2-kernels/report.json} counts.
 *
 * @param bytes of all ports
 * @param byClass each number of the model once at its width, as {@code quantize} counts it; the state
 *     region (mantissas and contexts with their padding) of the layers that are not kept on chip, read and written;
 *     what is {@link Padding}
 * @param byChannel by memory channel, the core's among them
 * @param weightMemoryBytes of the units' ports
 */
record Traffic(long bytes, Map<String, Long> byClass, Map<String, Long> byChannel, long weightMemoryBytes) {
  private static final int HEAD_RECORD_BYTES = 4 + 4 + 4 + 1 + 1;

  static Traffic of(Workload work) {
    Schedule schedule = work.schedule();
    ModelShape shape = work.shape();
    BoardProfile board = work.board();
    byte[][] kept = Arrays.copyOf(work.stateBits(), work.keptLayers());
    long layer = 0;
    for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
      layer += schedule.segmentWords(segment);
    }
    long words = shape.layers() * layer + schedule.segmentWords(Segment.HEAD);
    Map<String, Long> byChannel = new LinkedHashMap<>();
    long state = 0;
    long units = 0;
    for (int unit = 0; unit < schedule.units(); unit++) {
      long own = StateLayout.slotWords(shape, schedule.units(), unit, work.stateBits())
          - StateLayout.slotWords(shape, schedule.units(), unit, kept);
      long bytes = (words + 2 * own) * Schedule.WORD_BYTES;
      byChannel.merge(board.port(unit).tag(), bytes, Long::sum);
      state += 2 * own * Schedule.WORD_BYTES;
      units += bytes;
    }
    CoreSizes core = new CoreSizes(work);
    long coreBytes =
        ((long) shape.layers() * core.layerWords() + core.embeddingWords()) * Schedule.WORD_BYTES;
    byChannel.merge(board.coreMemory().tag(), coreBytes, Long::sum);
    Map<String, Long> byClass = needed(schedule, shape);
    byClass.put("state", state);
    byClass.put("padding", Padding.of(schedule).values().stream().mapToLong(Long::longValue).sum());
    return new Traffic(units + coreBytes, byClass, byChannel, units);
  }

  /** As {@link io.github.lightmamba.integer.TokenTraffic}, for a model of which only the sizes are known. */
  private static Map<String, Long> needed(Schedule schedule, ModelShape shape) {
    long layers = shape.layers();
    int bits = schedule.weightBits();
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("in_proj.weight", layers * shape.inProjRows() * shape.model() * bits / Byte.SIZE);
    bytes.put("out_proj.weight", layers * shape.model() * shape.inner() * bits / Byte.SIZE);
    bytes.put("lm_head.weight", (long) shape.vocabulary() * shape.model() * schedule.headBits() / Byte.SIZE);
    bytes.put(
        "scales",
        layers * shape.inProjRows() * (schedule.groups(Segment.SHARED) + 1)
            + layers * shape.model() * (schedule.groups(Segment.OUT) + 1)
            + (long) shape.vocabulary() * (schedule.groups(Segment.HEAD) + 1));
    bytes.put("biases", shape.bias() ? Integer.BYTES * layers * (shape.inProjRows() + shape.model()) : 0);
    bytes.put("conv", layers * shape.convChannels() * (2L * shape.conv() + Integer.BYTES + 1));
    bytes.put("heads", layers * shape.heads() * HEAD_RECORD_BYTES);
    bytes.put("gated_norm", layers * shape.inner() * Short.BYTES);
    bytes.put("embedding", (long) Short.BYTES * shape.model());
    return bytes;
  }
}
