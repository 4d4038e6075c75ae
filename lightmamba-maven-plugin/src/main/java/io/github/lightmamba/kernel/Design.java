package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import java.util.ArrayList;
import java.util.List;

/**
 * The free choices of an accelerator; the rest follows from model and board. One bitstream serves every checkpoint of
 * an architecture and every scheme.
 *
 * @param units compute units
 * @param lanes T, tokens that share a weight word: 1, 4 or 8
 * @param wordCycles cycles that a weight word stays where all lanes are at work: 1 or 2; two halve the multipliers
 * @param dspLanes of the lanes that are multiplied in a cycle, those in multiplier slices; the others are in tables
 * @param activationGroup activations that share an exponent, as far as the widths allow
 * @param scanLanes state elements a unit and cycle
 * @param stateLines words of 512 bits that a unit keeps of the hidden state on chip, all slots; 0 where the state is a
 *     segment of the unit's memory channel
 * @param multiplier how products become hardware
 * @param frequencyMhz clock of the kernels
 */
public record Design(
    int units,
    int lanes,
    int wordCycles,
    int dspLanes,
    int activationGroup,
    int scanLanes,
    int stateLines,
    Multiplier multiplier,
    int frequencyMhz) {
  /** Designs that fill more of any resource of a region do not route at the clocks aimed at. */
  public static final double SHARE_MAX = 0.75;

  /** The scan may be this much slower than the words: the rest of a layer makes up for it. */
  private static final double SCAN_SLACK = 1.1;

  /** Cycles that a weight word may stay; the kernels built so far take a word a cycle, whatever the lanes. */
  private static final int[] WORD_CYCLES = {1};

  private static final int[] SCAN_LANES = {8, 16};

  /** Widths of the state that a design on chip is made for, so that checkpoints fall into three designs at most. */
  private static final int[] STATE_WIDTHS = {8, 12, 16};

  /**
   * Returns the design of a board's profile for a model: of those that keep every resource of every region under {@link
   * #SHARE_MAX} the one with the most lanes, then the shortest stay of a word, then the state on chip, then a scan that
   * keeps up, then the smallest share. The goal {@code estimate} can search for it ({@code explore}), and finds the
   * same.
   *
   * @param lanes T, or 0: as many as fit, up to the profile's
   * @param activationGroup activations that share an exponent
   * @param stateBits width of every head's state, by layer; null: not known, 16 bits are assumed
   */
  public static Design of(
      BoardProfile board, ModelShape shape, int lanes, int activationGroup, byte[][] stateBits) {
    for (int tried : new int[] {8, 4, 1}) {
      if (lanes == 0 ? tried > board.lanes() : tried != lanes) {
        continue;
      }
      Design best = null;
      for (Design design : candidates(board, shape, board.units(), tried, activationGroup, stateBits)) {
        boolean fits = design.share(board, shape) <= SHARE_MAX;
        if ((fits || lanes != 0) && (best == null || design.isBetter(best, board, shape))) {
          best = design;
        }
      }
      if (best != null) {
        return best;
      }
    }
    return new Design(
        board.units(), 1, 1, 1, activationGroup, SCAN_LANES[0], 0, board.multiplier(), board.frequencyMhz());
  }

  /** Returns the designs that differ in how a number of lanes is made and in where the state is. */
  public static List<Design> candidates(
      BoardProfile board, ModelShape shape, int units, int lanes, int activationGroup, byte[][] stateBits) {
    List<Design> designs = new ArrayList<>();
    List<Integer> lines = new ArrayList<>(List.of(0));
    int onChip = stateLines(shape, units, lanes, stateBits);
    if (onChip > 0 && !board.stateInMemory()) {
      lines.add(0, onChip);
    }
    for (int cycles : WORD_CYCLES) {
      // The kernels built so far multiply all lanes in the same way.
      if (cycles <= lanes) {
        for (int scan : SCAN_LANES) {
          for (int stateLines : lines) {
            designs.add(
                new Design(
                    units, lanes, cycles, lanes / cycles, activationGroup, scan, stateLines, board.multiplier(),
                    board.frequencyMhz()));
          }
        }
      }
    }
    return designs;
  }

  /** Returns the largest share of any resource of any region of a board. */
  public double share(BoardProfile board, ModelShape shape) {
    return Placement.of(board, units, ResourceModel.of(this, shape)).largestShare();
  }

  /** Fitting comes first, then speed, then room. */
  private boolean isBetter(Design other, BoardProfile board, ModelShape shape) {
    double share = share(board, shape);
    double otherShare = other.share(board, shape);
    if (share > SHARE_MAX || otherShare > SHARE_MAX) {
      return share < otherShare;
    }
    int rank = rank(board, shape);
    int otherRank = other.rank(board, shape);
    return rank < otherRank || rank == otherRank && share < otherShare;
  }

  /** Smaller is faster: first how long a word stays, then where the state is, then whether the scan keeps up. */
  private int rank(BoardProfile board, ModelShape shape) {
    return 4 * wordCycles + (stateInMemory() ? 2 : 0) + (scanLanes < scanLanesNeeded(board, shape) ? 1 : 0);
  }

  /** State elements a cycle with which a prefill's scan keeps up with the words of its channels. */
  private int scanLanesNeeded(BoardProfile board, ModelShape shape) {
    double memory = Schedule.WORD_BYTES * frequencyMhz * 1e6 / board.slowestBytesPerSecond(units);
    int pairWords = 2 * Schedule.words(shape.model() / 2);
    double time = pairWords * Math.max(cyclesPerWord(lanes), memory) * SCAN_SLACK;
    return lanes * shape.state() / SCAN_LANES[0] <= time ? SCAN_LANES[0] : SCAN_LANES[1];
  }

  /** Lanes that are multiplied in a cycle. */
  public int cycleLanes() {
    return lanes / wordCycles;
  }

  /** Returns the cycles that a weight word stays while so many lanes are at work. */
  public int cyclesPerWord(int active) {
    return Math.max(1, (active + cycleLanes() - 1) / cycleLanes());
  }

  /** State slots: one for every sequence that the lanes can serve. */
  public int slots() {
    return lanes;
  }

  /** Whether the state is read from and written to the unit's memory channel for every token. */
  public boolean stateInMemory() {
    return stateLines == 0;
  }

  /** The same design at another clock. */
  public Design atMhz(int clock) {
    return new Design(
        units, lanes, wordCycles, dspLanes, activationGroup, scanLanes, stateLines, multiplier, clock);
  }

  /** Lines for the narrowest of 8, 12 and 16 bits a head that holds the model; 0: too many to think of. */
  private static int stateLines(ModelShape shape, int units, int slots, byte[][] stateBits) {
    long needed = StateLayout.largestUnitWords(shape, units, stateBits);
    for (int width : STATE_WIDTHS) {
      long lines = StateLayout.largestUnitWords(shape, units, StateLayout.uniform(shape, width)) * slots;
      if (lines >= needed * slots) {
        return lines > Integer.MAX_VALUE ? 0 : (int) lines;
      }
    }
    return 0;
  }
}
