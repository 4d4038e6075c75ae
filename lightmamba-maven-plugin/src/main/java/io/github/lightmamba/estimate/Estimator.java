package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.KernelResources;
import io.github.lightmamba.kernel.Padding;
import io.github.lightmamba.kernel.Placement;
import io.github.lightmamba.kernel.Region;
import io.github.lightmamba.kernel.ResourceModel;
import io.github.lightmamba.kernel.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Collectors;

/** What a model will reach on a design: simulated cycles, counted bytes, derived resources. */
public final class Estimator {
  /** Clocks beside the one asked for. */
  private static final int[] CLOCKS = {225, 250, 300};

  /** Widths that a head's state may have. */
  private static final int[] STATE_BITS = {8, 12, 16};

  private static final int PROMPT = 512;
  private static final int WORD_BITS = 512;
  private static final double SATURATED = 0.9;

  private final Timing timing;

  /** Makes an estimator with the timing contract of the accelerator's sources. */
  public Estimator(AcceleratorSource source) {
    this.timing = Timing.read(source);
  }

  Timing timing() {
    return timing;
  }

  /** Estimates everything. */
  public Figures estimate(EstimateRequest request) {
    return estimate(request, List.of());
  }

  /** Estimates everything, and keeps the designs that a search has found beside it. */
  public Figures estimate(EstimateRequest request, List<DesignSpace.Point> designs) {
    Design design = request.design();
    Workload work = request.on(design);
    double hertz = design.frequencyMhz() * 1e6;
    SteadyState decode = SteadyState.of(work, timing, SteadyState.Mode.DECODE);
    SteadyState prefill = SteadyState.of(work, timing, SteadyState.Mode.PREFILL);
    double decodeRate = hertz / decode.cycles();
    KernelResources kernels = ResourceModel.of(design, request.shape());
    Placement placement = Placement.of(request.board(), design.units(), kernels);
    Traffic traffic = Traffic.of(work);
    return new Figures(
        "estimated",
        request.board().name(),
        model(request.shape()),
        request.scheme().toString(),
        request.headBits(),
        stateBits(request),
        design.units(),
        design.lanes(),
        work.keptLayers(),
        design.frequencyMhz(),
        design,
        decode(decode, hertz),
        prefill(work, prefill, decodeRate, hertz),
        design.lanes() == 1 ? null : sequences(work, decodeRate, hertz),
        memory(work, traffic, decodeRate),
        compute(work, decode, prefill),
        resources(design, kernels, placement),
        energy(request.board(), decodeRate),
        clocks(request, design, decodeRate),
        stateWidths(request, design, decodeRate),
        designs,
        Assumptions.of(request, design));
  }

  private static Figures.Model model(ModelShape shape) {
    long layers =
        (long) shape.layers() * ((long) shape.inProjRows() * shape.model() + (long) shape.inner() * shape.model());
    return new Figures.Model(
        shape.layers(), shape.model(), shape.inner(), shape.state(), shape.vocabulary(),
        layers + (long) shape.vocabulary() * shape.model());
  }

  private static String stateBits(EstimateRequest request) {
    return request.stateBits() == null ? EstimateRequest.ASSUMED_STATE_BITS + " (assumed)" : "of the quantized model";
  }

  private static Figures.Decode decode(SteadyState step, double hertz) {
    Map<String, Double> phases = new LinkedHashMap<>();
    step.parts().forEach((part, cycles) -> phases.put(part, cycles / hertz * 1e6));
    return new Figures.Decode(hertz / step.cycles(), step.cycles(), step.cycles() / hertz * 1e6, phases);
  }

  static Figures.Prefill prefill(Workload work, SteadyState step, double decodeRate, double hertz) {
    int steps = work.plan(PROMPT, 1, false).steps();
    double rate = PROMPT * hertz / (step.once() + steps * step.cycles());
    return new Figures.Prefill(PROMPT, rate, rate / decodeRate, bound(work.design(), step));
  }

  private Figures.Sequences sequences(Workload work, double decodeRate, double hertz) {
    SteadyState step = SteadyState.of(work, timing, SteadyState.Mode.SEQUENCES);
    int count = work.design().lanes();
    double rate = count * hertz / step.cycles();
    return new Figures.Sequences(count, rate, rate / decodeRate, bound(work.design(), step));
  }

  /** What limits a step: the part that is busy for the largest share of it. */
  private static String bound(Design design, SteadyState step) {
    Map<String, Double> shares = new LinkedHashMap<>();
    shares.put("memory", step.busy() / step.cycles());
    shares.put("multipliers", step.works().get("multiply") / step.cycles());
    shares.put("scan", step.works().get("selective_scan") / step.cycles());
    Map.Entry<String, Double> largest =
        shares.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String bound =
        String.format(Locale.ROOT, "%s, busy %.0f %% of the time", largest.getKey(), largest.getValue() * 100);
    if (largest.getValue() < SATURATED) {
      double waits = step.parts().getOrDefault(UnitPrograms.BEFORE_IN, 0.0)
          + step.parts().getOrDefault(UnitPrograms.BEFORE_OUT, 0.0);
      bound += String.format(Locale.ROOT, "; waits between projections %.0f %%", 100 * waits / step.cycles());
    }
    if (design.lanes() == 1) {
      bound += "; one token lane: every token of a prompt reads all weights";
    } else if (design.wordCycles() > 1) {
      bound += "; a weight word stays " + design.wordCycles() + " cycles for " + design.lanes() + " lanes";
    }
    return bound;
  }

  static Figures.Memory memory(Workload work, Traffic traffic, double decodeRate) {
    double sustained = 0;
    double peak = 0;
    for (var memory : work.board().weightMemories()) {
      sustained += memory.sustainedGigabytesPerSecond();
      peak += memory.peakGigabytesPerSecond();
    }
    double used =
        IntStream.range(0, work.design().units()).mapToDouble(u -> work.board().port(u).sustainedBytesPerSecond()).sum();
    double moved = traffic.weightMemoryBytes() * decodeRate;
    return new Figures.Memory(
        moved / (sustained * 1e9), moved / used, sustained, peak, traffic.bytes(), traffic.byClass(), Padding.of(work.schedule()), traffic.byChannel());
  }

  private static Figures.Compute compute(Workload work, SteadyState decode, SteadyState prefill) {
    Figures.Model model = model(work.shape());
    long head = (long) model.vocabulary() * model.width();
    double layersPeak = (double) WORD_BITS / work.schedule().weightBits() * work.design().units();
    double perCycle = layersPeak * work.design().cycleLanes();
    return new Figures.Compute(
        model.parameters(),
        model.parameters() / (perCycle * decode.cycles()),
        (model.parameters() - head) * work.design().lanes() / (perCycle * prefill.cycles()));
  }

  private static Figures.Resources resources(Design design, KernelResources kernels, Placement placement) {
    Map<String, Resources> byKernel = new LinkedHashMap<>();
    byKernel.put("core", kernels.core());
    byKernel.put("memory, each of " + design.units(), kernels.memory());
    byKernel.put("unit, each of " + design.units(), kernels.unit());
    Map<String, Figures.RegionUse> byRegion = new LinkedHashMap<>();
    for (Region region : placement.board().regions()) {
      Resources used = placement.used(region);
      byRegion.put(
          region.name(), new Figures.RegionUse(used, region.resources(), used.share(region.resources())));
    }
    Map<String, Figures.BorderUse> byBorder = new LinkedHashMap<>();
    placement.borders().forEach(
        border ->
            byBorder.put(border.name(), new Figures.BorderUse(border.wires(), border.available(), border.share())));
    return new Figures.Resources(byKernel, byRegion, placement.largestShare(), byBorder);
  }

  private static Figures.Energy energy(BoardProfile board, double decodeRate) {
    Double watts = board.powerWatts();
    return new Figures.Energy(
        watts,
        watts == null ? null : watts / decodeRate,
        watts == null
            ? "the power of the board with this design is not known; the 3.2 W that follow from LightMamba's published"
                + " tokens a joule are not those of a whole board"
            : "power of the board's profile");
  }

  private Map<String, Double> clocks(EstimateRequest request, Design design, double rate) {
    Map<String, Double> result = new LinkedHashMap<>();
    for (int clock : CLOCKS) {
      double at =
          clock == design.frequencyMhz()
              ? rate
              : clock * 1e6
                  / SteadyState.of(request.on(design.atMhz(clock)), timing, SteadyState.Mode.DECODE).cycles();
      result.put(clock + " MHz", at);
    }
    return result;
  }

  /** Decode by the width of the state: empty where the widths are known. */
  private Map<String, Double> stateWidths(EstimateRequest request, Design design, double rate) {
    Map<String, Double> result = new LinkedHashMap<>();
    for (int bits : request.stateBits() == null ? STATE_BITS : new int[0]) {
      Workload work = request.withStateOf(bits).on(design);
      double at =
          bits == EstimateRequest.ASSUMED_STATE_BITS
              ? rate
              : design.frequencyMhz() * 1e6 / SteadyState.of(work, timing, SteadyState.Mode.DECODE).cycles();
      result.put(bits + " bits", at);
    }
    return result;
  }

  private static String rates(Map<String, Double> rates) {
    return rates.entrySet().stream()
        .map(rate -> String.format(Locale.ROOT, "%s %.1f", rate.getKey(), rate.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** Returns the main figures in words, for the console. */
  public static List<String> summary(Figures figures) {
    List<String> lines = new ArrayList<>(BenchTable.of(figures));
    lines.add(
        String.format(
            Locale.ROOT,
            "estimated: %d units, token lanes T = %d, state of %d of %d layers on chip (%s bits), head %d bits, %d MHz",
            figures.units(), figures.lanes(), figures.keptLayers(), figures.model().layers(), figures.stateBits(),
            figures.headBits(), figures.frequencyMhz()));
    lines.add("estimated: tg128 by clock: " + rates(figures.clocks()));
    if (!figures.stateWidths().isEmpty()) {
      lines.add("estimated: tg128 by the width of the state: " + rates(figures.stateWidths()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "estimated: a token takes %.0f us and %,d bytes, %.0f %% of what all channels of the weight memories sustain,"
                + " %.0f %% of what those with a unit do",
            figures.decode().microseconds(), figures.memory().bytesPerToken(), figures.memory().utilization() * 100,
            figures.memory().utilizationOfUsed() * 100));
    lines.add(
        String.format(
            Locale.ROOT,
            "estimated: prefill is %.1f times decode; bound: %s",
            figures.prefill().timesDecode(), figures.prefill().bound()));
    lines.add(
        String.format(
            Locale.ROOT,
            "estimated: the fullest region needs %.0f %% of a resource", figures.resources().largestShare() * 100));
    figures.resources().byBorder().forEach(
        (name, border) ->
            lines.add(
                String.format(
                    Locale.ROOT, "estimated: the streams between %s need %,d of %,d wires, %.0f %%", name,
                    border.wires(), border.available(), border.share() * 100)));
    return lines;
  }
}
