package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModel;
import java.util.Arrays;

/** Words of the hidden state of a unit's channels; {@code docs/formats.md}, section 2. */
final class StateLayout {
  private static final byte WIDEST = 16;

  private StateLayout() {}

  /** Returns the widths of a quantized model's heads, by layer. */
  static byte[][] widths(QuantizedModel model) {
    return model.layers().stream().map(layer -> layer.stateBits()).toArray(byte[][]::new);
  }

  /** Returns the same width for every head. */
  static byte[][] uniform(ModelShape shape, int bits) {
    byte[] layer = new byte[shape.heads()];
    Arrays.fill(layer, (byte) bits);
    byte[][] result = new byte[shape.layers()][];
    Arrays.fill(result, layer);
    return result;
  }

  /** Returns the words of one channel: its N mantissas, padded to a word. */
  static int channelWords(ModelShape shape, int bits) {
    return Schedule.words((long) shape.state() * bits / Byte.SIZE);
  }

  /** Returns the words of one slot of a unit's state. */
  static long unitWords(ModelShape shape, int units, int unit, byte[][] stateBits) {
    RowList channels = new RowList(shape.inner(), units);
    long words = 0;
    for (byte[] layer : stateBits) {
      for (int round = 0; round < channels.rounds(); round++) {
        int channel = channels.entry(unit, round);
        if (channel >= 0) {
          words += channelWords(shape, layer[channel / shape.headDim()]);
        }
      }
    }
    return words;
  }

  /** Returns the words of one slot of the unit with the most of them. */
  static long largestUnitWords(ModelShape shape, int units, byte[][] stateBits) {
    byte[][] widths = stateBits == null ? uniform(shape, WIDEST) : stateBits;
    long most = 0;
    for (int unit = 0; unit < units; unit++) {
      most = Math.max(most, unitWords(shape, units, unit, widths));
    }
    return most;
  }

  /** Returns the words of one slot of all units. */
  static long words(ModelShape shape, byte[][] stateBits) {
    long words = 0;
    for (byte[] layer : stateBits) {
      for (byte bits : layer) {
        words += (long) shape.headDim() * channelWords(shape, bits);
      }
    }
    return words;
  }
}
