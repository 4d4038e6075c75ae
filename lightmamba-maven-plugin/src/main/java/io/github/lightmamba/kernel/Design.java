package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModel;
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
 * @param stateLines words of 512 bits in which a unit keeps the state of the first layers of one sequence on chip, as
 *     many as the widths of a checkpoint's state allow; the other layers' is a segment of the unit's memory channel
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
  /** Designs that fill more of any resource of a region or of a border do not route at the clocks aimed at. */
  public static final double SHARE_MAX = 0.75;

  /** What a design may give up of the fastest decode for its prefill. */
  public static final double SAME_DECODE = 0.06;

  /** What is not worth a fuller device. */
  public static final double SAME_RATE = 0.015;

  /** Values of a vector that the core puts into a message in a cycle. */
  private static final double CORE_VALUES = 32;

  /** Cycles of a layer in which nothing but latencies passes: pipelines, and each chain twice. */
  private static final double WAIT = 700;

  /** Cycles that a word of state costs by the memory's changes to writing and back: 8 for 16 words. */
  private static final double TURNAROUNDS = 0.5;

  /** Cycles that a weight word may stay. */
  private static final int[] WORD_CYCLES = {1, 2, 4, 8};

  private static final int[] SCAN_LANES = {8, 16};

  private static final int[] LANES = {8, 4, 1};

  /**
   * Returns the design of a board's profile for an architecture, whatever the checkpoint: of those that keep every
   * resource of every region and border under {@link #SHARE_MAX} and give up no more than {@link #SAME_DECODE} of the fastest
   * decode, those with the fastest prefill, of these those that move the fewest bytes a token, which state on chip makes
   * fewer, and of these the one with the smallest share; {@link #SAME_RATE} counts as equal. The goal {@code estimate} can search for it by simulation ({@code explore})
   * and finds the same.
   *
   * @param lanes T, or 0: up to the profile's
   * @param activationGroup activations that share an exponent
   */
  public static Design of(BoardProfile board, ModelShape shape, int lanes, int activationGroup) {
    List<Design> designs = new ArrayList<>();
    for (int units = board.units(); units >= fewestUnits(board); units--) {
      for (int tried : LANES) {
        if (lanes == 0 ? tried <= board.lanes() : tried == lanes) {
          designs.addAll(candidates(board, shape, units, tried, activationGroup));
        }
      }
    }
    List<Design> fitting = designs.stream().filter(design -> design.share(board, shape) <= SHARE_MAX).toList();
    if (fitting.isEmpty()) {
      return designs.stream().min(Comparator.comparingDouble(design -> design.share(board, shape))).orElseThrow();
    }
    double fastest = fitting.stream().mapToDouble(design -> design.decodeCycles(board, shape)).min().orElseThrow();
    List<Design> fast =
        fitting.stream().filter(d -> d.decodeCycles(board, shape) * (1 - SAME_DECODE) <= fastest).toList();
    double prefill = fast.stream().mapToDouble(d -> d.prefillCycles(board, shape)).min().orElseThrow();
    List<Design> best = fast.stream().filter(d -> d.prefillCycles(board, shape) * (1 - SAME_RATE) <= prefill).toList();
    double moved = best.stream().mapToDouble(d -> d.movedWords(shape)).min().orElseThrow();
    return best.stream()
        .filter(d -> d.movedWords(shape) * (1 - SAME_RATE) <= moved)
        .min(Comparator.comparingDouble(d -> d.share(board, shape)))
        .orElseThrow();
  }

  /**
   * Returns the designs that differ in what they reach: with no state on chip, and with as much as fits under {@link
   * #SHARE_MAX}. Of those that differ in their slices and memories only, it is the one with the smallest share.
   */
  public static List<Design> candidates(
      BoardProfile board, ModelShape shape, int units, int lanes, int activationGroup) {
    List<Design> designs = new ArrayList<>();
    for (int cycles : WORD_CYCLES) {
      for (int scan : SCAN_LANES) {
        if (cycles <= lanes) {
          Design first =
              new Design(
                  units, lanes, cycles, lanes / cycles, 0, activationGroup, scan, 0, board.multiplier(),
                  board.frequencyMhz());
          designs.add(first.smallest(board, shape));
          if (!board.stateInMemory()) {
            storeSizes(shape, units).stream()
                .map(lines -> first.keeping(lines).smallest(board, shape))
                .filter(design -> design.share(board, shape) <= SHARE_MAX)
                .findFirst()
                .ifPresent(designs::add);
          }
        }
      }
    }
    return designs;
  }

  /** Words that a store on chip may have, most first: whole UltraRAMs, or what every checkpoint's state fits in. */
  private static List<Integer> storeSizes(ModelShape shape, int units) {
    int all = StateLayout.widestWords(shape, units);
    List<Integer> sizes = new ArrayList<>();
    sizes.add(all);
    int whole = (all - 1) / ResourceModel.URAM_LINES * ResourceModel.URAM_LINES;
    for (int lines = whole; StateLayout.mostLayers(shape, units, lines) > 0; lines -= ResourceModel.URAM_LINES) {
      sizes.add(lines);
    }
    return sizes;
  }

  private Design smallest(BoardProfile board, ModelShape shape) {
    return variants().stream()
        .min(Comparator.comparingDouble(design -> design.share(board, shape)))
        .orElseThrow();
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

  /** Returns how few units a design may have that gives up no more than {@link #SAME_DECODE} of decode for room. */
  public static int fewestUnits(BoardProfile board) {
    return (int) Math.ceil(board.units() * (1 - SAME_DECODE));
  }

  /** Words that all memories move for a decoded token, weights of 4 bits, a head and a state of 8. */
  private double movedWords(ModelShape shape) {
    double state = 2.0 * (shape.layers() - mostKeptLayers(shape)) * stateWords(shape);
    double head = rounds(shape.vocabulary()) * Schedule.words(shape.model());
    return units * (shape.layers() * (inWords(shape) + outWords(shape)) + state + head);
  }

  /** Words of a layer's state of 8 bits, its contexts among them. */
  private int stateWords(ModelShape shape) {
    int channels = (int) rounds(shape.inner());
    int blocks = (2 * channels + Schedule.BLOCK_ROWS - 1) / Schedule.BLOCK_ROWS;
    return channels * StateLayout.channelWords(shape, StateLayout.NARROWEST)
        + blocks * StateLayout.contextWords(shape);
  }

  /** Cycles of a decoded token, weights of 4 bits, a head and a state of 8. */
  private double decodeCycles(BoardProfile board, ModelShape shape) {
    int kept = mostKeptLayers(shape);
    double stored = (shape.layers() - kept) * decodeCycles(board, shape, stateWords(shape));
    double head = rounds(shape.vocabulary()) * Schedule.words(shape.model()) * memoryCycles(board);
    return kept * decodeCycles(board, shape, 0) + stored + head;
  }

  /**
   * Cycles of a layer and a decoded token: those of the memory, in which it reads ahead while the units wait, or those
   * of the words that pass one after the other, and of the waits.
   *
   * @param state words of state that are read, and written
   */
  private double decodeCycles(BoardProfile board, ModelShape shape, int state) {
    double moved = (inWords(shape) + outWords(shape) + 2 * state) * memoryCycles(board) + TURNAROUNDS * state;
    return Math.max(moved, Math.max(inWords(shape) + state, scan(shape)) + outWords(shape) + waits(shape, 1));
  }

  /** Cycles of a layer and a prompt's token, weights of 4 bits: the words, or the scan beside those of in_proj. */
  private double prefillCycles(BoardProfile board, ModelShape shape) {
    double held = Math.max(cyclesPerWord(lanes), memoryCycles(board));
    double in = Math.max(inWords(shape) * held, scan(shape) * lanes);
    return (in + outWords(shape) * held + waits(shape, lanes)) / lanes;
  }

  /** Cycles of the scan of a token. */
  private double scan(ModelShape shape) {
    return rounds(shape.inner()) * Math.ceil((double) shape.state() / scanLanes);
  }

  /** Cycles in which the slowest memory gives a word. */
  private double memoryCycles(BoardProfile board) {
    return Math.max(1, Schedule.WORD_BYTES * frequencyMhz * 1e6 / board.slowestBytesPerSecond(units));
  }

  private double inWords(ModelShape shape) {
    return rounds(shape.inProjRows()) * Schedule.words(shape.model() / 2);
  }

  private double outWords(ModelShape shape) {
    return rounds(shape.model()) * Schedule.words(shape.inner() / 2);
  }

  /** Cycles of a layer in which the units wait for the core: in front of in_proj and of out_proj. */
  private static double waits(ModelShape shape, int lanes) {
    return (lanes * shape.model() + (lanes + 1.0) * shape.inner()) / CORE_VALUES + WAIT;
  }

  private double rounds(int rows) {
    return Math.ceil((double) rows / units);
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

  /** Returns the most layers of any checkpoint whose state stays on chip. */
  public int mostKeptLayers(ModelShape shape) {
    return StateLayout.mostLayers(shape, units, stateLines);
  }

  /** Returns how many of the first layers of a checkpoint have a state that stays on chip. */
  public int keptLayers(QuantizedModel model) {
    return keptLayers(model.shape(), StateLayout.widths(model));
  }

  /**
   * Returns how many of the first layers have a state that stays on chip.
   *
   * @param stateBits width of every head's state, by layer
   */
  public int keptLayers(ModelShape shape, byte[][] stateBits) {
    return StateLayout.keptLayers(shape, units, stateLines, stateBits);
  }

  private Design keeping(int lines) {
    return new Design(
        units, lanes, wordCycles, dspLanes, uramLanes, activationGroup, scanLanes, lines, multiplier, frequencyMhz);
  }

  /** The same design at another clock. */
  public Design atMhz(int clock) {
    return new Design(
        units, lanes, wordCycles, dspLanes, uramLanes, activationGroup, scanLanes, stateLines, multiplier, clock);
  }
}
