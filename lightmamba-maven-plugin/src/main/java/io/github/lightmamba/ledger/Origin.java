package io.github.lightmamba.ledger;

import java.util.Locale;

/** Where a figure comes from, in the order in which a build gets to know it. */
public enum Origin {
  /** Before any tool. */
  ESTIMATE("estimated"),
  /** High-level synthesis. */
  CSYNTH("estimated by synthesis"),
  /** Placement and routing. */
  ROUTED("computed by the tool after routing"),
  /** A board. */
  BOARD("measured");

  private final String kind;

  Origin(String kind) {
    this.kind = kind;
  }

  /** Returns how such a figure came about, in words. */
  public String kind() {
    return kind;
  }

  /** Returns its name in the file. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
