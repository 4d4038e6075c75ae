package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;

/**
 * The free choices of an accelerator; the rest follows from model and board. One bitstream serves every checkpoint of
 * an architecture and every scheme.
 *
 * @param units compute units
 * @param lanes T, tokens that share a weight word: 1, 4 or 8
 * @param scanLanes state elements a unit and cycle
 * @param stateLines words of 512 bits that a unit keeps of the hidden state on chip, all slots; 0 where the state is a
 *     segment of the unit's memory channel
 * @param multiplier how products become hardware
 * @param frequencyMhz clock of the kernels
 */
public record Design(
    int units, int lanes, int scanLanes, int stateLines, Multiplier multiplier, int frequencyMhz) {
  /** Designs that fill more of any resource of a region do not route at the clocks aimed at. */
  public static final double SHARE_MAX = 0.75;

  private static final int URAM_BITS = 288 * 1024;
  /** An UltraRAM is 72 bits wide: a line of 512 bits takes eight. */
  private static final int URAMS_PER_LINE = 8;
  private static final int URAM_LINES = URAM_BITS / 72;
  /** More than this share of a region's UltraRAM does not place. */
  private static final double URAM_SHARE = 0.6;
  private static final int[] STATE_WIDTHS = {8, 12, 16};

  /**
   * Returns the design of a board's profile for a model.
   *
   * @param lanes T, or 0: the most, up to the profile's, whose resources stay under {@link #SHARE_MAX}
   * @param stateBits width of every head's state, by layer; null: not known, 16 bits are assumed
   */
  public static Design of(BoardProfile board, ModelShape shape, int lanes, byte[][] stateBits) {
    if (lanes != 0) {
      return withLanes(board, shape, lanes, stateBits);
    }
    for (int tried = board.lanes(); tried > 1; tried /= 2) {
      if (BoardProfile.LANES.contains(tried)) {
        Design design = withLanes(board, shape, tried, stateBits);
        if (Placement.of(board, design.units(), ResourceModel.of(design, shape)).largestShare() <= SHARE_MAX) {
          return design;
        }
      }
    }
    return withLanes(board, shape, 1, stateBits);
  }

  private static Design withLanes(BoardProfile board, ModelShape shape, int lanes, byte[][] stateBits) {
    return new Design(
        board.units(), lanes, board.scanLanes(), stateLines(board, shape, lanes, stateBits), board.multiplier(),
        board.frequencyMhz());
  }

  /** State slots: one for every sequence that the lanes can serve. */
  public int slots() {
    return lanes;
  }

  /** Whether the state is read from and written to the unit's memory channel for every token. */
  public boolean stateInMemory() {
    return stateLines == 0;
  }

  /**
   * The state stays on chip where it fits, in lines for the narrowest of 8, 12 and 16 bits a head that holds the model,
   * so that checkpoints of an architecture fall into three designs at most.
   */
  private static int stateLines(BoardProfile board, ModelShape shape, int slots, byte[][] stateBits) {
    long needed = StateLayout.largestUnitWords(shape, board.units(), stateBits);
    double uram = board.regions().stream().mapToDouble(Region::uram).sum() * URAM_SHARE;
    for (int width : STATE_WIDTHS) {
      long lines = StateLayout.largestUnitWords(shape, board.units(), StateLayout.uniform(shape, width)) * slots;
      long urams = (lines + URAM_LINES - 1) / URAM_LINES * URAMS_PER_LINE;
      if (lines >= needed * slots && urams * board.units() <= uram) {
        return Math.toIntExact(lines);
      }
    }
    return 0;
  }
}
