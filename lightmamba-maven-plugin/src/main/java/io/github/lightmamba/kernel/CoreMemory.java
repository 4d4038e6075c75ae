package io.github.lightmamba.kernel;

/**
 * The memory of the core: parameters, embedding, token ids and trace.
 *
 * @param name for people
 * @param tag as {@code link.cfg} names it
 * @param bytes capacity
 * @param peakGigabytesPerSecond of the memory
 * @param region where its ports lie
 */
public record CoreMemory(String name, String tag, long bytes, double peakGigabytesPerSecond, String region) {}
