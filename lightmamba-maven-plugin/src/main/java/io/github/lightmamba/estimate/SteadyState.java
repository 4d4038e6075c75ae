package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step of a long start: the difference between starts of four and of two steps. Layers repeat too; where all of them
 * have the same state widths, designs with a few and with twice as many are simulated and the line through both is
 * taken; where the state of some stays on chip, the plane through designs with few of both and more of either.
 *
 * @param cycles of a step
 * @param once cycles that a start takes besides its steps: tables, the last step's head, the end
 * @param busy cycles of a step in which a unit's memory moves data
 * @param parts cycles of a step by part of {@code multiply}
 * @param works cycles of a step in which a process starts iterations, by process
 */
record SteadyState(
    double cycles, double once, double busy, Map<String, Double> parts, Map<String, Double> works) {
  private static final int FEW_STEPS = 2;
  private static final int MORE_STEPS = 4;
  private static final int LEAST_LAYERS = 4;
  private static final int WAITING_STEPS = 4;

  /** What a start does. */
  enum Mode {
    /** One sequence, token by token. */
    DECODE,
    /** One sequence, T tokens a step, logits at the end. */
    PREFILL,
    /** T sequences, token by token. */
    SEQUENCES
  }

  static SteadyState of(Workload work, Timing timing, Mode mode) {
    int layers = work.shape().layers();
    byte[][] bits = work.stateBits();
    boolean alike = Arrays.stream(bits).allMatch(layer -> Arrays.equals(layer, bits[0]));
    // The words that wait in a unit have to be few beside those of a step.
    int least = Math.max(LEAST_LAYERS, WAITING_STEPS * BoardTimes.READ_AHEAD / layerWords(work));
    if (!alike || layers <= 2 * least) {
      return simulate(work, timing, mode);
    }
    int kept = mode == Mode.SEQUENCES ? 0 : work.keptLayers();
    if (kept == 0 || kept == layers) {
      int all = kept == 0 ? 0 : 1;
      SteadyState few = simulate(withLayers(work, least, all * least), timing, mode);
      SteadyState more = simulate(withLayers(work, 2 * least, all * 2 * least), timing, mode);
      return few.plus((layers - least) / (double) least, few, more);
    }
    // Layers whose state stays on chip take another time than the others.
    SteadyState both = simulate(withLayers(work, 2 * least, least), timing, mode);
    SteadyState moreKept = simulate(withLayers(work, 3 * least, 2 * least), timing, mode);
    SteadyState moreStored = simulate(withLayers(work, 3 * least, least), timing, mode);
    return both.plus((kept - least) / (double) least, both, moreKept)
        .plus((layers - kept - least) / (double) least, both, moreStored);
  }

  private static SteadyState simulate(Workload work, Timing timing, Mode mode) {
    DesignSimulation simulation = new DesignSimulation(work, timing);
    DesignSimulation.Result few = simulation.run(plan(work, mode, FEW_STEPS), mode != Mode.PREFILL, false);
    DesignSimulation.Result more = simulation.run(plan(work, mode, MORE_STEPS), mode != Mode.PREFILL, false);
    double steps = MORE_STEPS - FEW_STEPS;
    double cycles = (more.cycles() - few.cycles()) / steps;
    Map<String, Double> parts = combine(few.parts(), more.parts(), -1 / steps, 1 / steps);
    Map<String, Double> works = combine(few.works(), more.works(), -1 / steps, 1 / steps);
    return new SteadyState(
        cycles, more.cycles() - MORE_STEPS * cycles, (more.busy() - few.busy()) / steps, parts, works);
  }

  private static int layerWords(Workload work) {
    long words = 0;
    for (Segment segment : List.of(Segment.SHARED, Segment.CHANNELS, Segment.OUT)) {
      words += work.schedule().segmentWords(segment);
    }
    return Math.toIntExact(words);
  }

  private static LanePlan plan(Workload work, Mode mode, int steps) {
    int lanes = work.design().lanes();
    return switch (mode) {
      case DECODE -> work.plan(steps, 1, true);
      case PREFILL -> work.plan(steps * lanes, 1, false);
      case SEQUENCES -> work.plan(steps, lanes, true);
    };
  }

  private static Workload withLayers(Workload work, int layers, int kept) {
    ModelShape s = work.shape();
    ModelShape fewer =
        new ModelShape(
            s.model(), s.inner(), s.heads(), s.headDim(), s.state(), s.groups(), s.conv(), s.normGroups(), s.bias(),
            layers, s.vocabulary());
    Schedule of = work.schedule();
    Schedule schedule =
        new Schedule(fewer, of.units(), of.weightBits(), of.headBits(), of.modelGroup(), of.innerGroup());
    return new Workload(
        work.board(), work.design(), schedule, work.activationBits(), work.activationGroup(),
        Arrays.copyOf(work.stateBits(), layers), kept);
  }

  /** This, and {@code times} the way from one to another. */
  private SteadyState plus(double times, SteadyState from, SteadyState to) {
    return new SteadyState(
        cycles + times * (to.cycles - from.cycles),
        once + times * (to.once - from.once),
        busy + times * (to.busy - from.busy),
        plus(parts, times, from.parts, to.parts),
        plus(works, times, from.works, to.works));
  }

  private static Map<String, Double> plus(
      Map<String, Double> first, double times, Map<String, Double> from, Map<String, Double> to) {
    return combine(first, combine(from, to, -times, times), 1, 1);
  }

  private static Map<String, Double> combine(
      Map<String, Double> first, Map<String, Double> second, double ofFirst, double ofSecond) {
    Map<String, Double> result = new LinkedHashMap<>();
    first.forEach((name, value) -> result.merge(name, ofFirst * value, Double::sum));
    second.forEach((name, value) -> result.merge(name, ofSecond * value, Double::sum));
    return result;
  }
}
