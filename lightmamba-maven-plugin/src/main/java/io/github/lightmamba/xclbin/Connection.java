package io.github.lightmamba.xclbin;

/**
 * An argument of an instance reaches a bank; {@code struct connection}.
 *
 * @param argument number of the argument, from 0
 * @param instance index into {@link Xclbin#instances}
 * @param memory index into {@link Xclbin#memories}, or {@link Xclbin#groups} for a connection of groups
 */
public record Connection(int argument, int instance, int memory) {}
