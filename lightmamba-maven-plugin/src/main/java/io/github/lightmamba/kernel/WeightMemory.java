package io.github.lightmamba.kernel;

import java.util.Locale;

/**
 * A memory of a board that holds weights; each port belongs to one compute unit.
 *
 * @param name for people
 * @param tag as {@code link.cfg} names it; {@code %d} stands for the channel
 * @param firstChannel number of the first channel
 * @param channels channels that are used; each has its own tag where the tag has a {@code %d}
 * @param ports AXI ports on it, dealt over the channels in turn
 * @param bytesPerChannel capacity of a channel
 * @param peakGigabytesPerSecond of all channels used
 * @param sustainedGigabytesPerSecond of all channels used, with long sequential reads, refresh included
 * @param refresh of a channel, or null where it is in the rate only
 * @param region where the ports lie
 * @param source of the two rates
 */
public record WeightMemory(
    String name,
    String tag,
    int firstChannel,
    int channels,
    int ports,
    long bytesPerChannel,
    double peakGigabytesPerSecond,
    double sustainedGigabytesPerSecond,
    Refresh refresh,
    String region,
    String source) {
  /** Returns the channel of a port. */
  public int channel(int port) {
    return firstChannel + port % channels;
  }

  /** Returns the tag of a port. */
  public String tagOf(int port) {
    return tag.contains("%d") ? String.format(Locale.ROOT, tag, channel(port)) : tag;
  }

  /** Returns how many ports share the channel of a port. */
  public int portsOfChannel(int port) {
    int index = port % channels;
    return ports / channels + (index < ports % channels ? 1 : 0);
  }

  /** Returns the sustained bytes a second of a port while all ports of its channel read. */
  public double sustainedBytesPerSecond(int port) {
    return sustainedGigabytesPerSecond * 1e9 / channels / portsOfChannel(port);
  }
}
