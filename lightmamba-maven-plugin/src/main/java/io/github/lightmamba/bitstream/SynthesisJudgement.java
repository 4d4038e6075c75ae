package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether the compiled kernels are worth a link: synthesis tells it after minutes, and a link takes hours. */
final class SynthesisJudgement {
  private static final double ALL_PERCENT = 100;

  /** Synthesis counts these before Vivado optimises, often far too many, so more than there are is only a warning. */
  private static final Set<String> ROUGH = Set.of("lut", "ff");

  private final BitstreamRequest request;
  private final GeneratedKernels generated;
  private final List<BitstreamReport.Kernel> kernels;

  private SynthesisJudgement(
      BitstreamRequest request, GeneratedKernels generated, List<BitstreamReport.Kernel> kernels) {
    this.request = request;
    this.generated = generated;
    this.kernels = kernels;
  }

  /**
   * Fails if a link would be in vain.
   *
   * @param request what is asked
   * @param generated the kernels and their instances
   * @param kernels what the reports of synthesis tell of them
   * @param progress is told of what only may be too much
   * @throws LightMambaException {@link ErrorCode#BUILD_TIMING} if a loop is slower than {@code timing.json} promises;
   *     for the hardware {@link ErrorCode#BUILD_REJECTED}, if no report tells the interval of any promised loop of a
   *     kernel, or if the instances take more DSPs, block RAM or UltraRAM than the device has
   */
  static void require(
      BitstreamRequest request,
      GeneratedKernels generated,
      List<BitstreamReport.Kernel> kernels,
      Progress progress) {
    SynthesisJudgement judgement = new SynthesisJudgement(request, generated, kernels);
    judgement.loops();
    if (request.options().target() == BuildTarget.HW) {
      judgement.untold();
      judgement.area(progress);
    }
  }

  private void loops() {
    List<String> slow = new ArrayList<>();
    kernels.forEach(kernel -> kernel.slower().forEach(loop -> slow.add(kernel.name() + " " + loop)));
    if (!slow.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.BUILD_TIMING,
          "Loops start their iterations more slowly than timing.json promises: " + String.join(", ", slow)
              + ". Nothing is linked.",
          "look at the reports of synthesis in 3-bitstream.steps; with changed accelerator sources, mend the loop or"
              + " its entry.");
    }
  }

  private void untold() {
    Optional<IntervalContract> contract = request.contract().map(IntervalContract::read);
    List<String> untold = new ArrayList<>();
    for (BitstreamReport.Kernel kernel : kernels) {
      int promised = contract.map(c -> c.promised(kernel.name()).size()).orElse(0);
      if (promised > 0 && kernel.unknown().size() == promised) {
        untold.add(kernel.name());
      }
    }
    if (!untold.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.BUILD_REJECTED,
          "No report tells the interval of any loop of " + String.join(", ", untold) + ". Nothing is linked: such a"
              + " build could not be taken for good.",
          "look for the reports of synthesis in 3-bitstream.steps; if this Vitis gives them other names or forms,"
              + " report it as a bug. The compiled kernels are kept.");
    }
  }

  /** The shell comes on top, and kernels without figures: what is too much here is too much. */
  private void area(Progress progress) {
    Map<String, Long> used = new LinkedHashMap<>();
    Map<String, Long> available = new LinkedHashMap<>();
    for (BitstreamReport.Kernel kernel : kernels) {
      long instances = generated.link().instances().values().stream().filter(kernel.name()::equals).count();
      kernel.area().forEach((name, count) -> used.merge(name, instances * count, Long::sum));
      kernel.available().forEach((name, count) -> available.merge(name, count, Math::max));
    }
    used.keySet().retainAll(available.keySet());
    for (Map.Entry<String, Long> use : used.entrySet()) {
      long all = available.get(use.getKey());
      if (use.getValue() <= all) {
        continue;
      }
      String sum =
          String.format(
              Locale.ROOT, "%d %s of %d (%.1f %%, estimated by synthesis)", use.getValue(), use.getKey(), all,
              ALL_PERCENT * use.getValue() / all);
      if (!ROUGH.contains(use.getKey())) {
        throw new LightMambaException(
            ErrorCode.BUILD_REJECTED,
            "The compiled kernels take " + sum + ": more than there are. Nothing is linked.",
            "compare the reports of synthesis in 3-bitstream.steps with the board; use fewer units or lanes.");
      }
      progress.warn("the compiled kernels take " + sum + "; the link succeeds only if Vivado makes fewer of them");
    }
  }
}
