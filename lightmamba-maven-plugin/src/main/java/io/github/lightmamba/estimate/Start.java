package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.LanePlan;

/**
 * What a simulated start does.
 *
 * @param plan lanes and steps
 * @param logitsForAll whether every token has logits
 * @param reset whether the state starts as zero
 */
record Start(LanePlan plan, boolean logitsForAll, boolean reset) {
  int active(int step) {
    return plan.active(step);
  }

  /** Lanes that have logits. */
  int logits(int step) {
    return plan.active(step) - plan.firstLogit(step, logitsForAll);
  }

  /** Sequences whose state a step reads and writes. */
  int sequences() {
    return plan.sequences();
  }
}
