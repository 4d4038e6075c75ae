package io.github.lightmamba.estimate;

import java.util.List;

/**
 * The accelerator that the authors of LightMamba released for the VCK190: one port of 256 bits, one array of 64
 * multiply-accumulators, the parts of a layer one after the other (github.com/PKU-SEC-Lab/LightMamba, {@code
 * M_AXI_STATIC} and its notebook). What it reaches is known, so it calibrates the memory model. Its multipliers need less
 * time than its port, so only the port is simulated.
 */
final class PublishedDesign {
  private static final int LAYERS = 64;
  private static final int PORT_BYTES = 32;
  private static final double PEAK_BYTES_PER_SECOND = 12e9;

  /** Words of 32 bytes a layer: convolution state, convolution weights, hidden state, weights; what is written back. */
  private static final int CONV_WORDS = 714;

  private static final int STATE_WORDS = 21_760;
  private static final long WEIGHT_WORDS_W4 = 635_199;
  /** Of them packets of scales: 3 of 259. */
  private static final long SCALE_WORDS = WEIGHT_WORDS_W4 * 3 / 259;

  private static final double NOTEBOOK_HERTZ = 425e6;
  private static final double NOTEBOOK_CYCLES_PER_LAYER = 940_000;

  /** Of in_proj and out_proj of a layer of Mamba2-2.7B: 10,576 x 2,560 and 2,560 x 5,120. */
  private static final double LAYER_MACS = 10_576.0 * 2560 + 2560.0 * 5120;

  private static final double STATE_ELEMENTS = 5120.0 * 128;

  private PublishedDesign() {}

  /**
   * Returns the sustained share of a memory's peak rate: bytes of a layer in the notebook's time, over the peak.
   * Frozen: it is not fitted to anything else.
   */
  static double memoryEfficiency() {
    double seconds = NOTEBOOK_CYCLES_PER_LAYER / NOTEBOOK_HERTZ;
    double words = WEIGHT_WORDS_W4 + 3 * CONV_WORDS + 2 * STATE_WORDS;
    return words * PORT_BYTES / seconds / PEAK_BYTES_PER_SECOND;
  }

  /**
   * Returns the tokens a second of the 64 layers.
   *
   * @param weightBits 4 or 8
   * @param hertz clock
   */
  static double tokensPerSecond(int weightBits, double hertz) {
    double wordsPerCycle = memoryEfficiency() * PEAK_BYTES_PER_SECOND / PORT_BYTES / hertz;
    // How its writes are cut into bursts is not published: they are one.
    WriteBursts writes = new WriteBursts(CONV_WORDS + STATE_WORDS, 1);
    MemoryPort port = new MemoryPort(wordsPerCycle, 100, 32 * 256, 0, RefreshCycles.NONE, writes);
    Simulation simulation = new Simulation();
    long weights = (WEIGHT_WORDS_W4 - SCALE_WORDS) * weightBits / 4 + SCALE_WORDS;
    Phase.MemoryUse read = Phase.MemoryUse.read(port);
    Phase.MemoryUse write = Phase.MemoryUse.write(port, 1, CONV_WORDS + STATE_WORDS);
    List<Access> none = List.of();
    List<Phase> layer =
        List.of(
            new Phase("conv state and weights in", 2 * CONV_WORDS, 1, 0, none, none, read),
            new Phase("hidden state in", STATE_WORDS, 1, 0, none, none, read),
            new Phase("weights", weights, 1, 0, none, none, read),
            new Phase("conv state out", CONV_WORDS, 1, 0, none, none, write),
            new Phase("hidden state out", STATE_WORDS, 1, 0, none, none, write));
    simulation.process("M_AXI_STATIC", layer);
    simulation.run();
    return hertz / (simulation.cycles() * LAYERS);
  }

  /**
   * Returns how many times faster a layer is when the recurrence runs beside the projections instead of between them.
   *
   * @param macs of the array, a cycle
   * @param elements of the state that the recurrence takes in a cycle
   */
  static double reorderingGain(int macs, int elements) {
    double projections = LAYER_MACS / macs;
    return (projections + STATE_ELEMENTS / elements) / projections;
  }

  /**
   * Returns the tokens a second that the layers reach on an array, whatever the memory delivers.
   *
   * @param macs of the array, a cycle
   * @param hertz clock
   */
  static double arrayTokensPerSecond(double macs, double hertz) {
    return macs * hertz / (LAYER_MACS * LAYERS);
  }
}
