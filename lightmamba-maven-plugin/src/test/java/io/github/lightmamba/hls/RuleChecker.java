package io.github.lightmamba.hls;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Checks files that are synthesised together against every {@link Rule}. */
final class RuleChecker {
  private RuleChecker() {}

  /**
   * Returns all findings, by file and line.
   *
   * @param sources texts by the names that findings shall have
   */
  static List<Finding> check(Map<String, String> sources) {
    return check(sources.entrySet().stream().map(source -> SourceFile.of(source.getKey(), source.getValue())).toList());
  }

  /** Returns all findings, by file and line. */
  static List<Finding> check(List<SourceFile> sources) {
    Program program = new Program(sources);
    Findings findings = new Findings();
    new PragmaRules(findings).check(program);
    new LoopRules(program, findings).check();
    new PipelineRules(program, findings).check();
    new RecurrenceRule(program, findings).check();
    new DataflowRules(program, findings).check();
    new PortRules(findings).check(program);
    new SynthesisRules(findings).check(program);
    new RecursionRule(program, findings).check();
    return findings.list().stream().sorted(Comparator.comparing(Finding::file).thenComparing(Finding::line)).toList();
  }
}
