package io.github.lightmamba.kernel;

/**
 * What each kernel of a design needs; an estimate.
 *
 * @param unit a compute unit
 * @param memory a memory kernel
 * @param core the core
 */
public record KernelResources(Resources unit, Resources memory, Resources core) {
  /**
   * Returns what a kernel needs.
   *
   * @param kernel its top function
   */
  Resources of(String kernel) {
    return switch (kernel) {
      case "lightmamba_unit" -> unit;
      case "lightmamba_memory" -> memory;
      case "lightmamba_core" -> core;
      default -> throw new IllegalArgumentException("no kernel " + kernel);
    };
  }
}
