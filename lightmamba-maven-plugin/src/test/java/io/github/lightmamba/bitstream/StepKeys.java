package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys of the steps of a build, of which none has to run. */
final class StepKeys {
  private StepKeys() {}

  /** Returns the digests of the keys by the names of the steps, in their order; the kernels are generated. */
  static Map<String, String> of(TestBuild build) throws IOException {
    FileDigests digests = new FileDigests(build.workspace().digestMemo(), true);
    Map<String, String> keys = new LinkedHashMap<>();
    steps(build).forEach(step -> keys.put(step.name(), step.fingerprint(digests).sha256()));
    return keys;
  }

  /** Returns the steps of a build that reaches its clock at once. */
  static List<Step> steps(TestBuild build) throws IOException {
    BuildPlan plan = BuildPlan.of(build.request());
    LinkStep link = plan.link(new LinkStep.Attempt(BuildOptions.DEFAULT_STRATEGY, 250));
    List<Step> steps = new ArrayList<>(plan.compileSteps());
    steps.add(link);
    steps.add(plan.pack(link));
    return steps;
  }

  /** Returns the steps whose keys differ. */
  static List<String> changed(Map<String, String> before, Map<String, String> after) {
    return after.keySet().stream().filter(step -> !after.get(step).equals(before.get(step))).toList();
  }
}
