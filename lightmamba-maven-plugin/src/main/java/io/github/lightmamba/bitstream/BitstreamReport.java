package io.github.lightmamba.bitstream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * {@code 3-bitstream/report.json}. What nobody measured is absent.
 *
 * @param board the board
 * @param target what it was built for
 * @param standIn whether the tests' stand-in made it: then it configures no device
 * @param vitis release and build
 * @param platform its name
 * @param uuid of the xclbin
 * @param interfaceUuid the shell that it needs
 * @param clock what was asked for and what was reached
 * @param timing the slack after routing, against the clock that was asked for
 * @param utilisation of the device after routing, by resource
 * @param regions the same by super logic region
 * @param routedKernels what kernels and instances take after routing, by row and column of the report per kernel
 * @param kernels estimates of synthesis
 * @param attempts links that were tried
 * @param reports every report of the tools as it was parsed, by step and path; each says how its figures came about
 * @param steps the steps, with the inputs that their results are kept by
 * @param files the files by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BitstreamReport(
    String board,
    String target,
    boolean standIn,
    String vitis,
    String platform,
    String uuid,
    String interfaceUuid,
    Clock clock,
    Timing timing,
    Map<String, Used> utilisation,
    Map<String, Map<String, Used>> regions,
    Map<String, Map<String, Used>> routedKernels,
    List<Kernel> kernels,
    List<LinkSearch.Tried> attempts,
    Map<String, Map<String, Object>> reports,
    List<StepKey> steps,
    Map<String, String> files) {
  /**
   * The clock of the kernels.
   *
   * @param askedMhz asked for
   * @param reachedMhz reached: what is set, or what the paths allow, if that is less
   * @param source where that was read
   * @param strategy of the implementation
   * @param met whether it is the one that the build was asked for
   * @param violated whether the kernels get a faster one than their paths allow
   */
  record Clock(int askedMhz, double reachedMhz, String source, String strategy, boolean met, boolean violated) {}

  /**
   * Timing after routing.
   *
   * @param wnsNs worst slack
   * @param tnsNs sum of negative slacks
   * @param whsNs worst hold slack
   * @param wpwsNs worst pulse width slack
   * @param failingEndpoints their number
   * @param kind how the figures came about
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Timing(Double wnsNs, Double tnsNs, Double whsNs, Double wpwsNs, Long failingEndpoints, String kind) {}

  /**
   * A resource.
   *
   * @param used how many
   * @param available how many there are
   * @param percent of them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Used(double used, Double available, Double percent) {}

  /**
   * A kernel as synthesised: estimates, before placement.
   *
   * @param name its name
   * @param estimatedMhz the clock that synthesis estimates
   * @param area by resource
   * @param available what the device has, by resource
   * @param intervals cycles from one iteration to the next, by loop
   * @param slower loops that are slower than {@code timing.json} promises
   * @param unknown loops of {@code timing.json} that no report tells of
   * @param kind how the figures came about
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Kernel(
      String name,
      Double estimatedMhz,
      Map<String, Long> area,
      Map<String, Long> available,
      Map<String, Long> intervals,
      List<String> slower,
      List<String> unknown,
      String kind) {}

  /**
   * A step.
   *
   * @param step its name
   * @param place where it ran
   * @param seconds how long it took, when it ran
   * @param fingerprint the key of its result
   * @param inputs every input of the key, as value or SHA-256
   * @param commands as they were called
   */
  record StepKey(
      String step,
      String place,
      double seconds,
      String fingerprint,
      Map<String, String> inputs,
      List<List<String>> commands) {}
}
