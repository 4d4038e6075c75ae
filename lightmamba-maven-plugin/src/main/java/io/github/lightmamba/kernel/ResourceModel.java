package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.NumericFormat;
import io.github.lightmamba.rotation.HadamardTransform;

/**
 * Resources of the kernels of a design: an estimate, from the widths of what the kernels add, multiply, shift and keep.
 * {@code docs/accelerator.md}, "Resources", derives the figures; a routed design replaces them.
 */
public final class ResourceModel {
  private static final int WORD_BITS = 512;
  private static final int BRAM_LINES = 512;
  static final int URAM_LINES = 4096;
  private static final int RAM_WIDTH = 72;
  /** Bits and lines of a BRAM whose two ports both read; half a BRAM that reads at one has as many bits. */
  private static final int BRAM_PORT = 36;

  private static final int BRAM_PORT_LINES = 1024;
  private static final int BLOCK_CHANNELS = Schedule.BLOCK_ROWS / 2;
  /** Flip-flops a LUT of pipelined datapaths. */
  private static final double FF_PER_LUT = 1.4;
  /** 513 entries of 16 bits, two of them read in a cycle: half a BRAM in the convolution and in the gate. */
  private static final double SILU_TABLES_BRAM = 1;
  /** What the scan's input keeps of a head, and heads of a word of the message. */
  private static final int HEAD_BITS = 96;

  private static final int HEADS_OF_WORD = 4;

  /** Words of a memory kernel's port: max_read_burst_length times num_read_outstanding, and the same for writes. */
  static final int READ_BUFFER = 512;

  static final int WRITE_BUFFER = 32;
  /** The port without its buffers 1,500; the walk over the image, its addresses and the count of the state 700. */
  private static final double MEMORY_LUTS = 2200;
  /** Up to 2,048 blocks, a byte each. */
  private static final double BLOCK_COUNTS_BRAM = 0.5;

  private static final int SHIFT_BITS = 4;
  private static final double ACCUMULATOR_BITS = 52;
  private static final double DSPS_PER_SCAN_LANE = 3;
  /** Of an element a cycle, 860 of them counted by Yosys. */
  private static final double LUTS_PER_SCAN_LANE = 960;
  private static final double SCAN_LUTS = 500;
  /** A FIFO, a memory, two words that are shifted; a context beside every channel that waits. */
  private static final double CONTEXT_LUTS = 1000;

  private static final double CONTEXT_LUTS_PER_LANE = 60;
  /** Of the exponent of a state group; {@code docs/numerics.md}, section 6. */
  private static final int EXPONENT_BITS = 6;

  private ResourceModel() {}

  /** Returns the resources of a design for a model. */
  public static KernelResources of(Design design, ModelShape shape) {
    return new KernelResources(unit(design, shape), memory(), core(design, shape));
  }

  private static Resources unit(Design design, ModelShape shape) {
    return multiplier(design, shape).plus(scan(design)).plus(rest(design, shape)).plus(kept(design, shape));
  }

  private static Resources logic(double lut, double dsp) {
    return new Resources(lut, lut * FF_PER_LUT, dsp, 0, 0);
  }

  /** Products, shifts of subgroups, the product with the mantissa, and the activations that stand in front. */
  private static Resources multiplier(Design design, ModelShape shape) {
    int lanes = design.cycleLanes();
    int inDsps = Math.min(lanes, design.dspLanes());
    int inLuts = lanes - inDsps;
    double lut = 0;
    double dsp = 0;
    int group = design.activationGroup();
    if (inDsps > 0) {
      switch (design.multiplier()) {
        case PACKED -> {
          lut += 576 + inDsps * (group == 8 ? 784.0 : group == 16 ? 656 : 732);
          dsp += 64.0 * inDsps;
        }
        case DOT_MODE -> {
          lut += 256;
          dsp += inDsps * (group == 32 ? 44.0 : 48);
        }
        case FABRIC -> inLuts = lanes;
      }
    }
    if (inLuts > 0) {
      lut += 896 + inLuts * (group == 8 ? 7168.0 : group == 16 ? 7288 : 7352);
    }
    double shifts = group == 8 ? 1197 : group == 16 ? 605 : 297;
    lut += lanes * (shifts + 110);
    if (design.wordCycles() > 1) {
      // Which pass's sum an adder takes: a 4:1 multiplexer a bit.
      lut += lanes * ACCUMULATOR_BITS * Math.ceil(design.wordCycles() / 4.0);
    }
    dsp += 2.0 * lanes;
    return logic(lut, dsp).plus(activations(design, shape));
  }

  /**
   * The vectors of the lanes. A memory holds half a word's activations and the shifts of their subgroups in a line;
   * both halves are read in a cycle, one at each port.
   */
  private static Resources activations(Design design, ModelShape shape) {
    int lines = 2 * Schedule.words(Math.max(shape.model(), shape.inner())) * design.wordCycles();
    int inUram = Math.min(design.cycleLanes(), design.uramLanes());
    double bits = WORD_BITS + SHIFT_BITS * (WORD_BITS / 8.0) / design.activationGroup();
    double bram = Math.ceil(bits / BRAM_PORT) * Math.ceil((double) lines / BRAM_PORT_LINES);
    double uram = Math.ceil(bits / RAM_WIDTH) * Math.ceil((double) lines / URAM_LINES);
    return new Resources(0, 0, 0, (design.cycleLanes() - inUram) * bram, inUram * uram);
  }

  private static Resources scan(Design design) {
    return logic(
        SCAN_LUTS + LUTS_PER_SCAN_LANE * design.scanLanes(), DSPS_PER_SCAN_LANE * design.scanLanes());
  }

  /**
   * Links, FIFOs, scales, requantization, convolution, gate, the scan's input; a little for every lane. In BRAM: two
   * SiLU tables, the heads of every lane, the state that goes to the next token of a block, and the words of the state.
   */
  private static Resources rest(Design design, ModelShape shape) {
    int heads = design.lanes() * HEADS_OF_WORD * ((shape.heads() + HEADS_OF_WORD - 1) / HEADS_OF_WORD);
    int scanLanes = Math.min(design.scanLanes(), shape.state() / shape.stateGroups());
    int stateWords = 2 * BLOCK_CHANNELS * StateLayout.channelWords(shape, Short.SIZE) * design.slots();
    double bram =
        SILU_TABLES_BRAM
            + bram(HEAD_BITS, heads)
            + bram(Short.SIZE * scanLanes, BLOCK_CHANNELS * shape.state() / scanLanes)
            + bram(WORD_BITS, stateWords);
    return logic(8500 + 150.0 * design.lanes(), 18.0 + shape.conv())
        .plus(logic(CONTEXT_LUTS + CONTEXT_LUTS_PER_LANE * design.lanes(), 0))
        .plus(new Resources(0, 0, 0, bram, 0));
  }

  /** What stays in a unit between tokens, in UltraRAM. */
  private static Resources kept(Design design, ModelShape shape) {
    int layerSlots = design.slots() * shape.layers();
    int shared = new RowList(2 * shape.groups() * shape.state(), design.units()).rounds();
    int channels = new RowList(shape.inner(), design.units()).rounds();
    int historyBits = (shape.conv() - 1) * Short.SIZE;
    int keptLayers = design.mostKeptLayers(shape);
    // Exponents of as many channels of a block as fit into a line.
    int exponentBits = EXPONENT_BITS * shape.stateGroups();
    int ofLine = Math.max(1, Integer.highestOneBit(Math.min(BLOCK_CHANNELS, RAM_WIDTH / exponentBits)));
    int blocks = (channels + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS;
    double history = uram(historyBits, layerSlots * shared + keptLayers * channels);
    double exponents = uram(ofLine * exponentBits, keptLayers * blocks * BLOCK_CHANNELS / ofLine);
    return new Resources(0, 0, 0, 0, history + exponents + uram(WORD_BITS, design.stateLines()));
  }

  /** A memory that is written at one port and read at the other, in halves of a BRAM. */
  private static double bram(int bits, int lines) {
    return Math.ceil((double) bits / BRAM_PORT) * Math.ceil((double) lines / BRAM_LINES) / 2;
  }

  private static double uram(int bits, int lines) {
    return Math.ceil((double) bits / RAM_WIDTH) * Math.ceil((double) lines / URAM_LINES);
  }

  /** A port of 512 bits, its buffers, its addresses, and the words of every block. */
  private static Resources memory() {
    double readBuffer = bram(WORD_BITS, READ_BUFFER);
    double writeBuffer = WORD_BITS * 8.0 / 14 * Math.ceil(WRITE_BUFFER / 32.0);
    return logic(MEMORY_LUTS + writeBuffer, 0).plus(new Resources(0, 0, 0, readBuffer + BLOCK_COUNTS_BRAM, 0));
  }

  private static Resources core(Design design, ModelShape shape) {
    int beat = 16;
    HadamardTransform transform = new HadamardTransform(shape.inner());
    int factor = transform.signs().length;
    int bits = NumericFormat.GATED_BITS + Integer.SIZE - Integer.numberOfLeadingZeros(shape.inner() - 1);
    int blockBeats = 1 << Math.max(0, transform.stages() - 4);
    int rows = 1;
    while (2 * rows <= blockBeats
        && 2 * rows + factor * (blockBeats / (2 * rows)) < rows + factor * (blockBeats / rows)) {
      rows *= 2;
    }
    double sums = (double) factor * blockBeats / rows * beat * bits;
    double adders = sums + (double) rows * beat * bits + 4.0 * beat * 26;
    // A memory of up to 32 lines takes 8 LUTs for 14 bits; odd and even rows have one each.
    double memories = 2 * sums * 8 / 14 * Math.ceil(design.lanes() * rows / 2.0 / 32);
    // Residuals, and even and odd beats of the vectors that are quantized.
    int lines = design.lanes() * shape.inner() / (2 * beat);
    double vectors = 3 * bram(WORD_BITS, lines) + 2 * bram(beat * bits, lines);
    return logic(40000 + adders + memories, 170).plus(new Resources(0, 0, 0, 40 + vectors, 0));
  }
}
