package io.github.lightmamba.integer;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts values that met the end of their range, by class. Thread-safe. */
public final class Saturations {
  /** What saturated. */
  public enum Kind {
    /** The residual stream, 32 bits. */
    RESIDUAL,
    /** The result of a linear layer, 32 bits. */
    PROJECTION,
    /** The input of the convolution, 16 bits. */
    CONV_INPUT,
    /** The output of the convolution, 32 bits. */
    CONV_OUTPUT,
    /** dt at the end of its format (a limit of the checkpoint is no saturation). */
    DT,
    /** The working value of the hidden state, 48 bits. */
    STATE,
    /** The output of the scan, 32 bits. */
    SCAN_OUTPUT,
    /** The gated value, before and after the weight of the norm, 24 bits. */
    GATED
  }

  private final LongAdder[] counts = new LongAdder[Kind.values().length];

  /** Creates counters at zero. */
  public Saturations() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /** Counts {@code count} values of a kind. */
  public void add(Kind kind, long count) {
    if (count != 0) {
      counts[kind.ordinal()].add(count);
    }
  }

  /** Returns the counts by the kind's name in lower case, zeros included. */
  public Map<String, Long> counts() {
    Map<String, Long> result = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      result.put(kind.name().toLowerCase(Locale.ROOT), counts[kind.ordinal()].sum());
    }
    return result;
  }
}
