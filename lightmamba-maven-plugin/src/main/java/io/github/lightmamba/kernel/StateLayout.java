package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModel;
import java.util.Arrays;

/** Words of the state of a unit's channels, mantissas and contexts; {@code docs/formats.md}, section 2. */
public final class StateLayout {
  /** Least bits of a head's state. */
  static final int NARROWEST = 8;

  private static final int WIDEST = 16;
  private static final int BLOCK_CHANNELS = Schedule.BLOCK_ROWS / 2;

  private StateLayout() {}

  /** Returns the widths of a quantized model's heads, by layer. */
  public static byte[][] widths(QuantizedModel model) {
    return model.layers().stream().map(layer -> layer.stateBits()).toArray(byte[][]::new);
  }

  /** Returns the same width for every head. */
  public static byte[][] uniform(ModelShape shape, int bits) {
    byte[] layer = new byte[shape.heads()];
    Arrays.fill(layer, (byte) bits);
    byte[][] result = new byte[shape.layers()][];
    Arrays.fill(result, layer);
    return result;
  }

  /** Returns the words of one channel: its N mantissas, padded to a word. */
  public static int channelWords(ModelShape shape, int bits) {
    return Schedule.words((long) shape.state() * bits / Byte.SIZE);
  }

  /** Returns the bytes of a channel's context: inputs of its convolution and exponents of its state groups. */
  public static int contextBytes(ModelShape shape) {
    int bytes = Short.BYTES * (shape.conv() - 1) + shape.stateGroups();
    return bytes == 1 ? 1 : 2 * Integer.highestOneBit(bytes - 1);
  }

  /** Returns the words of the contexts of a block that has a channel. */
  public static int contextWords(ModelShape shape) {
    return Schedule.words((long) BLOCK_CHANNELS * contextBytes(shape));
  }

  /** Returns the words of the mantissas of a block of a unit's channels in one slot. */
  public static int blockWords(Schedule schedule, int unit, byte[] layerBits, int block) {
    RowList channels = schedule.channels();
    int words = 0;
    int first = block * BLOCK_CHANNELS;
    for (int round = first; round < Math.min(channels.rounds(), first + BLOCK_CHANNELS); round++) {
      int channel = channels.entry(unit, round);
      if (channel >= 0) {
        words += channelWords(schedule.shape(), layerBits[channel / schedule.shape().headDim()]);
      }
    }
    return words;
  }

  /** Returns the blocks of a unit's channels that have one. */
  public static int blocks(ModelShape shape, int units, int unit) {
    int channels = shape.inner() / units + (unit < shape.inner() % units ? 1 : 0);
    return (channels + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS;
  }

  /** Returns the words of one slot of a unit in the state region: contexts and mantissas. */
  public static long slotWords(ModelShape shape, int units, int unit, byte[][] stateBits) {
    return unitWords(shape, units, unit, stateBits)
        + (long) stateBits.length * blocks(shape, units, unit) * contextWords(shape);
  }

  /** Returns the words of the mantissas of one slot of a unit. */
  public static long unitWords(ModelShape shape, int units, int unit, byte[][] stateBits) {
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

  /** Returns the words of the mantissas of every layer of one sequence, in the unit with the most channels. */
  static int widestWords(ModelShape shape, int units) {
    return shape.layers() * layerWords(shape, units, WIDEST);
  }

  /** Returns the most layers whose state may stay in so many words of every unit: all heads have the smallest width. */
  static int mostLayers(ModelShape shape, int units, int lines) {
    return Math.min(shape.layers(), lines / layerWords(shape, units, NARROWEST));
  }

  private static int layerWords(ModelShape shape, int units, int bits) {
    return new RowList(shape.inner(), units).rounds() * channelWords(shape, bits);
  }

  /** Returns how many of the first layers have a state that stays in so many words of every unit. */
  static int keptLayers(ModelShape shape, int units, int lines, byte[][] stateBits) {
    int kept = lines == 0 ? 0 : shape.layers();
    for (int unit = 0; unit < units && kept > 0; unit++) {
      long words = 0;
      for (int layer = 0; layer < kept; layer++) {
        words += unitWords(shape, units, unit, new byte[][] {stateBits[layer]});
        kept = words > lines ? layer : kept;
      }
    }
    return kept;
  }
}
