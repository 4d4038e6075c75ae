package io.github.lightmamba.kernel;

/**
 * How often a memory refreshes, all banks of a channel at once (JESD79-4, JESD209-4, JESD235).
 *
 * @param intervalNanoseconds tREFI, from one refresh to the next
 * @param nanoseconds tRFC, in which the channel moves nothing
 */
public record Refresh(double intervalNanoseconds, double nanoseconds) {}
