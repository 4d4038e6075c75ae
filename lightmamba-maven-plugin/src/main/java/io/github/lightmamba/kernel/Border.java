package io.github.lightmamba.kernel;

/**
 * A border between two adjacent regions.
 *
 * @param name of both regions
 * @param wires that a design needs across it; an estimate
 * @param available wires of the device
 */
public record Border(String name, int wires, int available) {
  /** Returns the share of the wires that is needed. */
  public double share() {
    return (double) wires / available;
  }
}
