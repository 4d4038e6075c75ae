package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.Design;
import java.util.List;
import java.util.Map;

/**
 * {@code <board>/estimate.json}. Every figure is estimated: simulated cycles of the generated design at a clock that no
 * tool has confirmed, and resources from formulas.
 *
 * @param kind {@code estimated}
 * @param board its name
 * @param model sizes
 * @param scheme bits of weights and activations
 * @param headBits bits of the LM head's weights
 * @param stateBits bits of the hidden state that are assumed, or "of the quantized model"
 * @param units compute units
 * @param lanes T
 * @param keptLayers first layers whose state stays on chip in a start of one sequence
 * @param frequencyMhz clock
 * @param design the free choices, as the generator makes them
 * @param decode one sequence, one token at a time
 * @param prefill a prompt in chunks of T tokens
 * @param sequences T sequences side by side; null where T is 1
 * @param memory traffic and rates
 * @param compute use of the multipliers
 * @param resources by kernel and region
 * @param energy per token; null joules where the power is not known
 * @param clocks decode throughput at other clocks
 * @param stateWidths decode throughput with so many bits in every head's state; empty where the widths are known
 * @param designs designs that no other one equals or beats; empty where they were not searched for
 * @param assumptions in words
 */
public record Figures(
    String kind,
    String board,
    Model model,
    String scheme,
    int headBits,
    String stateBits,
    int units,
    int lanes,
    int keptLayers,
    int frequencyMhz,
    Design design,
    Decode decode,
    Prefill prefill,
    Sequences sequences,
    Memory memory,
    Compute compute,
    Resources resources,
    Energy energy,
    Map<String, Double> clocks,
    Map<String, Double> stateWidths,
    List<DesignSpace.Point> designs,
    List<String> assumptions) {

  /**
   * The model.
   *
   * @param layers blocks
   * @param width d_model
   * @param inner d_inner
   * @param state d_state
   * @param vocabulary rows of the head
   * @param parameters weights of in_proj and out_proj, and once those of embedding and head, tied or not
   */
  public record Model(int layers, int width, int inner, int state, int vocabulary, long parameters) {}

  /**
   * Decode.
   *
   * @param tokensPerSecond rate
   * @param cyclesPerToken of the clock
   * @param microseconds latency of a token
   * @param phases share of the latency by phase, in microseconds
   */
  public record Decode(
      double tokensPerSecond, double cyclesPerToken, double microseconds, Map<String, Double> phases) {}

  /**
   * Prefill.
   *
   * @param tokens of the prompt
   * @param tokensPerSecond rate
   * @param timesDecode ratio to decode
   * @param bound what limits it
   */
  public record Prefill(int tokens, double tokensPerSecond, double timesDecode, String bound) {}

  /**
   * Independent sequences.
   *
   * @param count T
   * @param tokensPerSecond of all of them together
   * @param timesOne ratio to one sequence
   * @param bound what limits it
   */
  public record Sequences(int count, double tokensPerSecond, double timesOne, String bound) {}

  /**
   * Memory.
   *
   * @param utilization bytes moved in decode, over what all channels of the weight memories sustain in that time
   * @param utilizationOfUsed the same, over what the channels that have a unit sustain
   * @param sustainedGigabytesPerSecond of the weight memories
   * @param peakGigabytesPerSecond of the weight memories
   * @param bytesPerToken all ports, padding included
   * @param bytesByClass by what the bytes are
   * @param paddingByCause the padding of {@code bytesByClass}, by {@link io.github.lightmamba.kernel.Padding}
   * @param bytesByChannel by memory channel
   */
  public record Memory(
      double utilization,
      double utilizationOfUsed,
      double sustainedGigabytesPerSecond,
      double peakGigabytesPerSecond,
      long bytesPerToken,
      Map<String, Long> bytesByClass,
      Map<String, Long> paddingByCause,
      Map<String, Long> bytesByChannel) {}

  /**
   * Multipliers.
   *
   * @param macsPerToken of the projections
   * @param decodeUtilization of all lanes, in decode
   * @param prefillUtilization in prefill
   */
  public record Compute(long macsPerToken, double decodeUtilization, double prefillUtilization) {}

  /**
   * Resources.
   *
   * @param byKernel each instance's
   * @param byRegion used, available and the largest share of each region
   * @param largestShare of any resource of any region
   * @param byBorder wires between adjacent regions; empty where there is one region
   */
  public record Resources(
      Map<String, io.github.lightmamba.kernel.Resources> byKernel,
      Map<String, RegionUse> byRegion,
      double largestShare,
      Map<String, BorderUse> byBorder) {}

  /**
   * A region.
   *
   * @param used estimate
   * @param available what the shell leaves
   * @param share the largest of any resource
   */
  public record RegionUse(
      io.github.lightmamba.kernel.Resources used, io.github.lightmamba.kernel.Resources available, double share) {}

  /**
   * A border between two adjacent regions.
   *
   * @param wires estimate of what the links between kernels and their control need
   * @param available wires of the device
   * @param share of them
   */
  public record BorderUse(int wires, int available, double share) {}

  /**
   * Energy.
   *
   * @param watts of the board; null where it is not known
   * @param joulesPerToken in decode; null where the power is not known
   * @param note where the power comes from
   */
  public record Energy(Double watts, Double joulesPerToken, String note) {}
}
