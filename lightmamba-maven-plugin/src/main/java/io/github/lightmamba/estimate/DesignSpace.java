package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.progress.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The search for a design: units, lanes and how they are made, state elements a cycle, words of state on chip,
 * activation group and clock, as far as the resources of every region stay under {@link Design#SHARE_MAX}.
 */
public final class DesignSpace {
  private static final int[] CLOCKS = {225, 250, 300};
  private static final int[] LANES = {1, 4, 8};
  private static final int[] ACTIVATION_GROUPS = {8, 16, 32};

  private final Timing timing;

  /** Makes a search with the timing contract of the accelerator's sources. */
  public DesignSpace(AcceleratorSource source) {
    this.timing = Timing.read(source);
  }

  /**
   * A design and what it reaches.
   *
   * @param design its choices
   * @param decode tokens a second of one sequence
   * @param prefill tokens a second of a prompt
   * @param share of the fullest resource of the fullest region
   */
  public record Point(Design design, double decode, double prefill, double share) {
    /** Rates count to three digits: the model is not finer. */
    private static double rounded(double rate) {
      double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 2);
      return Math.round(rate / unit) * unit;
    }

    /** A clock is not a choice of the design, but what the tools reach; a smaller activation group costs no perplexity. */
    private boolean atLeast(Point other) {
      return rounded(decode) >= rounded(other.decode) && rounded(prefill) >= rounded(other.prefill)
          && Math.round(share * 100) <= Math.round(other.share * 100)
          && design.frequencyMhz() == other.design.frequencyMhz()
          && design.activationGroup() <= other.design.activationGroup();
    }
  }

  /** Returns every design that fits, with what it reaches. */
  public List<Point> points(EstimateRequest request, Progress progress) {
    BoardProfile board = request.board();
    Set<Integer> units = new LinkedHashSet<>(unitsOfTheFastest(board));
    units.addAll(List.of(board.units() * 3 / 4, board.units() / 2));
    return points(request, List.copyOf(units), CLOCKS, ACTIVATION_GROUPS, progress);
  }

  /** Returns the numbers of units of which one has {@link #best}. */
  static List<Integer> unitsOfTheFastest(BoardProfile board) {
    return IntStream.rangeClosed(Design.fewestUnits(board), board.units()).boxed().toList();
  }

  List<Point> points(
      EstimateRequest request, List<Integer> units, int[] clocks, int[] groups, Progress progress) {
    List<Design> designs = fitting(request, units, clocks, groups);
    List<Design> different = designs.stream().map(design -> timed(request, design)).distinct().toList();
    progress.phase("simulating designs", different.size());
    Map<Design, Point> reached = new ConcurrentHashMap<>();
    different.parallelStream().forEach(
        design -> {
          reached.put(design, simulate(request, design));
          progress.advance(1);
        });
    return designs.stream()
        .map(
            design -> {
              Point rates = reached.get(timed(request, design));
              double share = design.share(request.board(), request.shape());
              return new Point(design, rates.decode, rates.prefill, share);
            })
        .toList();
  }

  /** Activation groups and slices change the resources only; a message differs by a word or two. */
  private static Design timed(EstimateRequest request, Design design) {
    return new Design(
        design.units(), design.lanes(), design.wordCycles(), 1, 0, request.activationGroup(), design.scanLanes(),
        design.stateLines(), design.multiplier(), design.frequencyMhz());
  }

  private Point simulate(EstimateRequest request, Design design) {
    Workload work = request.on(design);
    double hertz = design.frequencyMhz() * 1e6;
    double decode = hertz / SteadyState.of(work, timing, SteadyState.Mode.DECODE).cycles();
    double prefill =
        design.lanes() * hertz / SteadyState.of(work, timing, SteadyState.Mode.PREFILL).cycles();
    return new Point(design, decode, prefill, 0);
  }

  private static List<Design> fitting(
      EstimateRequest request, List<Integer> units, int[] clocks, int[] groups) {
    BoardProfile board = request.board();
    ModelShape shape = request.shape();
    List<Design> designs = new ArrayList<>();
    for (int count : units) {
      for (int lanes : LANES) {
        for (int group : groups) {
          // A longer stay of a word is slower; it is worth a look only if it leaves room for more state on chip.
          Map<Integer, Integer> most = new HashMap<>();
          for (Design design : Design.candidates(board, shape, count, lanes, group)) {
            if (design.share(board, shape) <= Design.SHARE_MAX
                && design.stateLines() > most.getOrDefault(design.scanLanes(), -1)) {
              most.put(design.scanLanes(), design.stateLines());
              for (int clock : clocks) {
                designs.add(design.atMhz(clock));
              }
            }
          }
        }
      }
    }
    return designs;
  }

  /**
   * Returns for each clock the points that no other one equals or beats in decode, prefill, room and activation group
   * (smaller is better); those at the clock of the board first, then fastest first. Of equals it is the one with the
   * activation group of the model.
   */
  public static List<Point> front(EstimateRequest request, List<Point> points) {
    Comparator<Point> usual =
        Comparator.comparing((Point p) -> p.design.frequencyMhz() != request.board().frequencyMhz())
            .thenComparing(p -> p.design.activationGroup() != request.activationGroup())
            .thenComparing(Point::share);
    List<Point> front = new ArrayList<>();
    for (Point point : points.stream().sorted(usual).toList()) {
      if (front.stream().noneMatch(other -> other.atLeast(point))) {
        front.removeIf(point::atLeast);
        front.add(point);
      }
    }
    front.sort(
        Comparator.comparingInt((Point p) -> Math.abs(p.design.frequencyMhz() - request.board().frequencyMhz()))
            .thenComparingDouble(p -> -p.decode)
            .thenComparingDouble(p -> -p.prefill));
    return front;
  }

  /**
   * Returns the best point at the clock of the board's profile and the model's activation group: of those that give up
   * little of the fastest decode the fastest in prefill, of these those that move the fewest bytes a token, of these
   * the one with the most room; where none has that group, the first point.
   */
  public static Point best(EstimateRequest request, List<Point> points) {
    List<Point> at =
        points.stream()
            .filter(p -> p.design.frequencyMhz() == request.board().frequencyMhz())
            .filter(p -> p.design.activationGroup() == request.activationGroup())
            .toList();
    if (at.isEmpty()) {
      return points.get(0);
    }
    double decode = at.stream().mapToDouble(Point::decode).max().orElseThrow() * (1 - Design.SAME_DECODE);
    List<Point> fast = at.stream().filter(p -> p.decode >= decode).toList();
    double prefill = fast.stream().mapToDouble(Point::prefill).max().orElseThrow() * (1 - Design.SAME_RATE);
    List<Point> best = fast.stream().filter(p -> p.prefill >= prefill).toList();
    double fewest = best.stream().mapToDouble(p -> bytes(request, p)).min().orElseThrow();
    return best.stream()
        .filter(p -> bytes(request, p) * (1 - Design.SAME_RATE) <= fewest)
        .min(Comparator.comparingDouble(Point::share))
        .orElseThrow();
  }

  private static double bytes(EstimateRequest request, Point point) {
    return Traffic.of(request.on(point.design)).bytes();
  }

  /** Returns the front as a table, the best point marked. */
  public static List<String> table(EstimateRequest request, List<Point> points) {
    List<String> lines = new ArrayList<>();
    if (points.isEmpty()) {
      lines.add("no design for this model keeps every resource of the board under " + Math.round(100 * Design.SHARE_MAX)
          + " %");
      return lines;
    }
    Point best = best(request, points);
    lines.add("estimated: designs that at their clock no other one equals or beats in decode, prefill, fullest resource"
        + " and group, the smaller the better in the last two");
    lines.add(
        "units  T  cycles/word  lanes in DSPs  in UltraRAM  scan  state words on chip  group  MHz  decode t/s"
            + "  prefill t/s  fullest");
    List<Point> shown = new ArrayList<>(front(request, points));
    if (!shown.contains(best)) {
      shown.add(best);
    }
    // Chosen without a simulation, so it may be another one.
    points.stream()
        .filter(point -> point.design.equals(request.design()) && !shown.contains(point))
        .forEach(shown::add);
    for (Point point : shown) {
      Design d = point.design;
      lines.add(
          String.format(
              Locale.ROOT, "%5d %2d %12d %14d %12d %5d %20d %6d %4d %11.2f %12.2f %7.0f%%%s", d.units(),
              d.lanes(), d.wordCycles(), d.dspLanes(), d.uramLanes(), d.scanLanes(),
              d.stateLines(), d.activationGroup(), d.frequencyMhz(), point.decode,
              point.prefill, point.share * 100,
              (point.equals(best) ? "  <- best" : "")
                  + (point.design.equals(request.design()) ? "  <- the generator's" : "")));
    }
    return lines;
  }
}
