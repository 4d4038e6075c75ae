package io.github.lightmamba.kernel;

/**
 * The memory of the core: parameters, embedding, token ids and trace.
 *
 * @param name for people
 * @param tag as {@code link.cfg} names it
 * @param bytes capacity
 * @param peakGigabytesPerSecond of the memory
 * @param refresh of the memory, or null where it is in the rate only
 * @param masters AXI masters of the core that it serves beside the weights' ports
 * @param region where its ports lie
 */
public record CoreMemory(
    String name, String tag, long bytes, double peakGigabytesPerSecond, Refresh refresh, int masters, String region) {}
