package io.github.lightmamba.kernel;

/**
 * What each kernel of a design needs; an estimate.
 *
 * @param unit a compute unit
 * @param memory a memory kernel
 * @param core the core
 */
public record KernelResources(Resources unit, Resources memory, Resources core) {}
