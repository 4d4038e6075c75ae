package io.github.lightmamba.vitis;

import io.github.lightmamba.vitis.Failure.Retry;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/** Says why a step failed: from how the process ended and from what its log said. */
public final class FailureClassifier {
  private static final int EXCERPT_LINES = 12;
  private static final int BEFORE = 2;
  private static final int SIGNALS = 128;

  private FailureClassifier() {}

  /**
   * Classifies a failure.
   *
   * @param digest the whole log
   * @param exitCode of the process; of a wrapper it may hide how the tool itself ended
   * @param timedOut whether the process was ended because its time was up; the exit code means nothing then
   * @return the cause, {@link FailureKind#UNKNOWN} if none is recognised
   */
  public static Failure classify(LogDigest digest, int exitCode, boolean timedOut) {
    if (timedOut) {
      return new Failure(
          FailureKind.TIMEOUT,
          "The time limit of the step was up.",
          tail(digest.evidence()),
          "raise the parameter timeout, or look at the last phase in the log: a design that is too full never ends.",
          Retry.NEVER);
    }
    for (FailureRules.Rule rule : FailureRules.CAUSES) {
      for (int at : digest.evidenceStarts()) {
        Matcher matcher = rule.pattern().matcher(digest.evidence().get(at));
        if (matcher.find()) {
          return failure(rule, matcher, digest, at);
        }
      }
    }
    return withoutCause(digest, exitCode);
  }

  private static Failure withoutCause(LogDigest digest, int exitCode) {
    for (FailureRules.Rule rule : FailureRules.HINTS) {
      boolean licence = rule.kind() == FailureKind.LICENCE;
      for (int at : digest.evidenceStarts()) {
        Matcher matcher = rule.pattern().matcher(digest.evidence().get(at));
        if (matcher.find() && !(licence && servedLater(digest.evidence(), at, matcher.group(1)))) {
          return failure(rule, matcher, digest, at);
        }
      }
    }
    return bySignal(digest, exitCode);
  }

  /** A licence that is missed at one server may be found at the next: then the warning means nothing. */
  private static boolean servedLater(List<String> evidence, int at, String feature) {
    return evidence.subList(at, evidence.size()).stream()
        .anyMatch(line -> line.contains("Feature available:") && line.contains(feature));
  }

  private static Failure bySignal(LogDigest digest, int exitCode) {
    List<String> excerpt = errors(digest);
    return switch (exitCode) {
      case SIGNALS + 9 ->
          new Failure(
              FailureKind.OUT_OF_MEMORY,
              "The tool was killed with signal 9, which is what the system does when memory runs out.",
              excerpt,
              "look for \"Out of memory\" in the system's log (dmesg); run fewer jobs, or use a machine with more"
                  + " memory.",
              Retry.NEVER);
      case SIGNALS + 11, SIGNALS + 6, SIGNALS + 7 ->
          new Failure(
              FailureKind.CRASH,
              "The tool crashed with signal " + (exitCode - SIGNALS) + ".",
              excerpt,
              "try again, then with another strategy; keep the log for the vendor.",
              Retry.NEXT_STRATEGY);
      case SIGNALS + 1, SIGNALS + 2, SIGNALS + 15 ->
          new Failure(
              FailureKind.KILLED,
              "The tool was ended from outside, with signal " + (exitCode - SIGNALS) + ".",
              excerpt,
              "ask who ended it: a batch system's limit, a reboot, a person.",
              Retry.LATER);
      default -> unknown(digest, exitCode, excerpt);
    };
  }

  private static Failure unknown(LogDigest digest, int exitCode, List<String> excerpt) {
    String phase =
        digest.failedPhases().isEmpty()
            ? ""
            : " in " + digest.failedPhases().get(0).run() + ", step " + digest.failedPhases().get(0).step();
    String first =
        digest.evidenceStarts().stream()
            .map(digest.evidence()::get)
            .filter(line -> line.contains("ERROR"))
            .findFirst()
            .map(line -> ". Its first error is: " + line.strip())
            .orElse(", and the log names no error");
    return new Failure(
        FailureKind.UNKNOWN,
        "The step failed" + phase + " with exit code " + exitCode + first + ".",
        excerpt,
        "read the log from the first error on; report it, so that the next one is told the cause.",
        Retry.NEVER);
  }

  private static Failure failure(FailureRules.Rule rule, Matcher matcher, LogDigest digest, int at) {
    String sentence = rule.sentence().apply(matcher).strip();
    if (rule.kind() == FailureKind.TIMING && !digest.slacks().isEmpty()) {
      String slacks =
          digest.slacks().stream()
              .limit(4)
              .map(slack -> slack.clock() + " by " + -slack.nanoseconds() + " ns")
              .collect(Collectors.joining(", "));
      sentence = "A clock that cannot be lowered missed its target: " + slacks;
    }
    sentence = sentence.endsWith(".") ? sentence : sentence + ".";
    return new Failure(rule.kind(), sentence, excerpt(digest.evidence(), at), rule.remedy(), rule.retry());
  }

  private static List<String> excerpt(List<String> evidence, int at) {
    int from = Math.max(0, at - BEFORE);
    return evidence.subList(from, Math.min(evidence.size(), from + EXCERPT_LINES));
  }

  private static List<String> errors(LogDigest digest) {
    return digest.evidenceStarts().isEmpty()
        ? List.of()
        : excerpt(digest.evidence(), digest.evidenceStarts().get(0));
  }

  private static List<String> tail(List<String> evidence) {
    return evidence.subList(Math.max(0, evidence.size() - EXCERPT_LINES), evidence.size());
  }
}
