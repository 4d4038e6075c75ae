package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The free choices of an accelerator; the rest follows from model and board. One bitstream serves every checkpoint of
 * an architecture and every scheme.
 *
 * @param units compute units
 * @param lanes T, tokens that share a weight word: 1, 4 or 8
 * @param wordCycles cycles that a weight word stays where all lanes are at work, a divisor of T: 1, 2, 4 or 8; the
 *     array multiplies T / wordCycles lanes in a cycle
 * @param dspLanes of the lanes that are multiplied in a cycle, those in multiplier slices; the others are in tables
 * @param uramLanes of the lanes that are multiplied in a cycle, those whose activations are in UltraRAM; the others are
 *     in BRAM
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
    int uramLanes,
    int activationGroup,
    int scanLanes,
    int stateLines,
    Multiplier multiplier,
    int frequencyMhz) {
  /** Designs that fill more of any resource of a region do not route at the clocks aimed at. */
  public static final double SHARE_MAX = 0.75;

  /** The scan may be this much slower than the words: the rest of a layer makes up for it. */
  private static final double SCAN_SLACK = 1.1;

  /** Cycles that a weight word may stay. */
  private static final int[] WORD_CYCLES = {1, 2, 4, 8};

  private static final int[] SCAN_LANES = {8, 16};

  private static final int[] LANES = {8, 4, 1};

  /** What a design may give up of the units, or of the words of a token, for its prefill. */
  public static final double SAME_DECODE = 0.05;

  /** Widths of the state that a design on chip is made for, so that checkpoints fall into three designs at most. */
  private static final int[] STATE_WIDTHS = {8, 12, 16};

  /**
   * Returns the design of a board's profile for a model: of those that keep every resource of every region under {@link
   * #SHARE_MAX}, and the state on chip where that is more than {@link #SAME_DECODE} of a token, the one with the
   * fastest prefill, then the smallest share; with a unit less where that share of decode pays for the room. The goal
   * {@code estimate} can search for it ({@code explore}); for Mamba2-2.7B it finds the same.
   *
   * @param lanes T, or 0: up to the profile's
   * @param activationGroup activations that share an exponent
   * @param stateBits width of every head's state, by layer; null: not known, 16 bits are assumed
   */
  public static Design of(
      BoardProfile board, ModelShape shape, int lanes, int activationGroup, byte[][] stateBits) {
    List<Design> designs = new ArrayList<>();
    for (int units = board.units(); units >= fewestUnits(board); units--) {
      for (int tried : LANES) {
        if (lanes == 0 ? tried <= board.lanes() : tried == lanes) {
          designs.addAll(candidates(board, shape, units, tried, activationGroup, stateBits));
        }
      }
    }
    List<Design> fitting = designs.stream().filter(design -> design.share(board, shape) <= SHARE_MAX).toList();
    if (fitting.isEmpty()) {
      return designs.stream().min(Comparator.comparingDouble(design -> design.share(board, shape))).orElseThrow();
    }
    // Where the state costs much of a token and fits on chip, it stays there.
    boolean keepState =
        stateShare(board, shape, stateBits) > SAME_DECODE && fitting.stream().anyMatch(d -> !d.stateInMemory());
    return fitting.stream()
        .filter(design -> !keepState || !design.stateInMemory())
        .min(
            Comparator.comparingDouble((Design design) -> design.pairCycles(board, shape))
                .thenComparing(design -> design.share(board, shape)))
        .orElseThrow();
  }

  /**
   * Returns the designs that differ in what they reach; of those that differ in their slices and memories only, the one
   * with the smallest share.
   */
  public static List<Design> candidates(
      BoardProfile board, ModelShape shape, int units, int lanes, int activationGroup, byte[][] stateBits) {
    List<Design> designs = new ArrayList<>();
    List<Integer> lines = new ArrayList<>(List.of(0));
    int onChip = stateLines(shape, units, lanes, stateBits);
    if (onChip > 0 && !board.stateInMemory()) {
      lines.add(0, onChip);
    }
    for (int cycles : WORD_CYCLES) {
      for (int scan : SCAN_LANES) {
        for (int stateLines : lines) {
          if (cycles <= lanes) {
            Design first =
                new Design(
                    units, lanes, cycles, lanes / cycles, 0, activationGroup, scan, stateLines, board.multiplier(),
                    board.frequencyMhz());
            designs.add(
                first.variants().stream()
                    .min(Comparator.comparingDouble(design -> design.share(board, shape)))
                    .orElseThrow());
          }
        }
      }
    }
    return designs;
  }

  /** Returns those that reach the same with other slices and memories; a word that stays one cycle has no split. */
  private List<Design> variants() {
    List<Design> variants = new ArrayList<>();
    boolean split = wordCycles > 1 && multiplier != Multiplier.FABRIC;
    for (int inDsps = split ? 1 : cycleLanes(); inDsps <= cycleLanes(); inDsps++) {
      for (int inUram = 0; inUram <= cycleLanes(); inUram++) {
        variants.add(
            new Design(
                units, lanes, wordCycles, inDsps, inUram, activationGroup, scanLanes, stateLines, multiplier,
                frequencyMhz));
      }
    }
    return variants;
  }

  /** Returns the largest share of any resource of any region of a board. */
  public double share(BoardProfile board, ModelShape shape) {
    return Placement.of(board, units, ResourceModel.of(this, shape)).largestShare();
  }

  /** What the state has of a token's words if it lies in the memory; weights of 4 bits, a head of 8. */
  private static double stateShare(BoardProfile board, ModelShape shape, byte[][] stateBits) {
    double fields =
        (double) shape.layers() * (shape.inProjRows() + shape.inner()) * shape.model()
            + 2.0 * shape.vocabulary() * shape.model();
    double weights = fields / 2 / Schedule.WORD_BYTES / board.units();
    double state = 2.0 * StateLayout.largestUnitWords(shape, board.units(), stateBits);
    return state / (weights + state);
  }

  /** Returns how few units a design may have that gives up no more than {@link #SAME_DECODE} of decode for room. */
  public static int fewestUnits(BoardProfile board) {
    return (int) Math.ceil(board.units() * (1 - SAME_DECODE));
  }

  /** Cycles of a token's pair of channel rows in a prefill, words or scan, times what a unit has of the rows. */
  private double pairCycles(BoardProfile board, ModelShape shape) {
    double memory = Schedule.WORD_BYTES * frequencyMhz * 1e6 / board.slowestBytesPerSecond(units);
    double words = 2 * Schedule.words(shape.model() / 2) * Math.max(cyclesPerWord(lanes), memory);
    double scan = Math.ceil((double) shape.state() / scanLanes) * lanes / SCAN_SLACK;
    return Math.max(words, scan) / lanes / units;
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
        units, lanes, wordCycles, dspLanes, uramLanes, activationGroup, scanLanes, stateLines, multiplier, clock);
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
