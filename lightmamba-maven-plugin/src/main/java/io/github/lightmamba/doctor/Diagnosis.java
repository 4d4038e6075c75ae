package io.github.lightmamba.doctor;

import io.github.lightmamba.bitstream.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the doctor found.
 *
 * @param checks by subject, in the order of a look around
 * @param needs subjects by goal
 */
public record Diagnosis(List<Check> checks, Map<String, Set<String>> needs) {
  /** Returns, for some goals, the checks of what they need and is missing, by goal; goals that lack nothing are out. */
  public Map<String, List<Check>> missing(List<String> goals) {
    Map<String, List<Check>> missing = new LinkedHashMap<>();
    for (String goal : goals) {
      Set<String> needed = needs.getOrDefault(goal, Set.of());
      List<Check> bad =
          checks.stream()
              .filter(check -> check.state() == Check.State.MISSING && needed.contains(check.name()))
              .toList();
      if (!bad.isEmpty()) {
        missing.put(goal, bad);
      }
    }
    return missing;
  }

  /** Returns a line for each check and each goal. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Check check : checks) {
      String mark =
          switch (check.state()) {
            case GOOD -> "ok      ";
            case UNCHECKED -> "unknown ";
            case DOUBTFUL -> "doubtful";
            case MISSING -> "missing ";
          };
      lines.add(mark + "  " + check.line());
    }
    needs.forEach(
        (goal, needed) -> {
          List<Check> bad = missing(List.of(goal)).getOrDefault(goal, List.of());
          String names = String.join(", ", bad.stream().map(Check::name).toList());
          String verdict = bad.isEmpty() ? "can run" : "lacks " + names;
          lines.add("goal " + goal + ": " + verdict + "; needs " + String.join(", ", needed));
        });
    return lines;
  }
}
