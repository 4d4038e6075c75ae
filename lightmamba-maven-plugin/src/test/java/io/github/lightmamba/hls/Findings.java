package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects findings, each once. */
final class Findings {
  private final Set<Finding> found = new LinkedHashSet<>();

  void add(String file, int line, Rule rule, String message) {
    found.add(new Finding(file, line, rule, message));
  }

  List<Finding> list() {
    return new ArrayList<>(found);
  }
}
