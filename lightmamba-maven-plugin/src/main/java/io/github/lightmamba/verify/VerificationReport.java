package io.github.lightmamba.verify;

import java.util.List;

/**
 * {@code 4-verify/report.json}.
 *
 * @param verdict {@code pass} or {@code fail}
 * @param target what the kernels ran on
 * @param kind {@code simulated} for a C simulation: exact values, no time
 * @param board the board whose kernels ran
 * @param scheme the scheme of the model
 * @param compiler what the C++ compiler says of itself
 * @param promptTokens tokens fed as the prompt
 * @param tokens tokens generated after it
 * @param comparedValues how many integers were compared
 * @param mismatches how many of them differ
 * @param firstDivergences the first ones in the order of computation, at most 100
 * @param text what was generated
 * @param seconds how long the target took, compiling included
 */
record VerificationReport(
    String verdict,
    String target,
    String kind,
    String board,
    String scheme,
    String compiler,
    int promptTokens,
    int tokens,
    long comparedValues,
    long mismatches,
    List<Divergence> firstDivergences,
    Texts text,
    double seconds) {

  /**
   * Continuations of the prompt.
   *
   * @param prompt the prompt
   * @param floatModel by the float model; null if the checkpoint was not at hand
   * @param accelerator by the kernels
   */
  record Texts(String prompt, String floatModel, String accelerator) {}
}
