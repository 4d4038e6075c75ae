package io.github.lightmamba.standin;

import java.util.List;

/** The tool ends with these lines and exit code 1. */
final class Rejection extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  Rejection(String... lines) {
    super(lines[0]);
    this.lines = List.of(lines);
  }

  List<String> lines() {
    return lines;
  }
}
