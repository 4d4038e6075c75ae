package io.github.lightmamba.kernel;

/**
 * A list of rows dealt round-robin to the compute units: entry k belongs to unit k mod units, as its round k / units
 * ({@code docs/formats.md}, section 1).
 *
 * @param entries rows (or pairs of rows) of the list
 * @param units compute units
 */
public record RowList(int entries, int units) {
  /** Rounds of every unit, padding included. */
  public int rounds() {
    return (entries + units - 1) / units;
  }

  /** Returns the entry of a unit in a round, or −1 for padding. */
  public int entry(int unit, int round) {
    int entry = round * units + unit;
    return entry < entries ? entry : -1;
  }
}
