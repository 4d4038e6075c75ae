package io.github.lightmamba.vitis;

import io.github.lightmamba.vitis.Failure.Retry;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How lines of a log are recognised as the cause of a failure. The first rule that finds a line wins, so causes stand
 * before what they cause; the texts come from logs of Vitis 2020.2 to 2024.2.
 */
final class FailureRules {
  /**
   * A rule.
   *
   * @param kind the class of failure
   * @param pattern is looked for in each line
   * @param sentence what happened, from the match
   * @param remedy what to do
   * @param retry whether another attempt can help
   */
  record Rule(
      FailureKind kind, Pattern pattern, Function<Matcher, String> sentence, String remedy, Retry retry) {}

  private static final String FREE_MEMORY =
      "run fewer jobs at a time (jobs, synth.jobs, impl.jobs), or use a machine with more memory; a U280 link needs"
          + " 64 GB, see the peak in the log.";

  private static final String LICENCE =
      "set XILINXD_LICENSE_FILE or LM_LICENSE_FILE to a licence of this device, and check that the server is reached"
          + " and a seat is free.";

  /** Causes that name themselves. */
  static final List<Rule> CAUSES =
      List.of(
          rule(
              FailureKind.DISK_FULL,
              "No space left on device|Disk quota exceeded|not enough (?:free )?(?:disk )?space",
              m -> "The disk is full (\"" + m.group() + "\").",
              "make room where the work directory, the temporary folder and the home are; a link needs some 50 GB.",
              Retry.LATER),
          rule(
              FailureKind.OUT_OF_MEMORY,
              "std::bad_alloc|[Oo]ut of memory|Cannot allocate memory|Killed +\"\\$RDI_PROG\""
                  + "|Parent process \\([^)]{1,20}\\) has died",
              m -> "Memory ran out (\"" + m.group() + "\").",
              FREE_MEMORY,
              Retry.NEVER),
          rule(
              FailureKind.LICENCE,
              "ERROR: \\[[^]]{1,30}\\] .{0,200}(?:valid license was not found for feature '([^']{1,60})'(?: and/or"
                  + " device '([^']{1,60})')?|[Ff]ailed to get (?:a|the) license)",
              m ->
                  "There is no licence"
                      + (m.group(1) == null ? "" : " for " + m.group(1))
                      + (m.group(2) == null ? "" : " on " + m.group(2))
                      + ".",
              LICENCE,
              Retry.LATER),
          rule(
              FailureKind.PLATFORM,
              "ERROR: \\[v\\+\\+ 60-1258\\] No valid platform was found that matches '?([^'. ]{1,300})",
              m -> "v++ does not find the platform " + m.group(1) + ".",
              "install the platform's development package, or name its folder with platformRepositories.",
              Retry.NEVER),
          rule(
              FailureKind.PLATFORM,
              "ERROR: \\[v\\+\\+ 60-(?:1299|1606)\\] (.{1,300})",
              m -> "v++ refuses the platform: " + m.group(1),
              "use the version of Vitis that the platform was made for, or a platform for this version.",
              Retry.NEVER),
          rule(
              FailureKind.PLATFORM,
              "ERROR: \\[[^]]{1,30}\\] (.{0,200}(?:platform file|[Pp]latform .{1,200}(?:not found|not exist)).{0,200})",
              m -> "There is trouble with the platform: " + m.group(1),
              "check the parameter platform and the folders in platformRepositories.",
              Retry.NEVER),
          rule(
              FailureKind.XRT_MISSING,
              "xclbinutil: (?:No such file or directory|command not found)|XILINX_XRT.{0,40} not set",
              m -> "The Xilinx Runtime (XRT) is missing: the link ends with its xclbinutil.",
              "install XRT and source its setup.sh, or set XILINX_XRT.",
              Retry.NEVER),
          rule(
              FailureKind.DEVICE_MISSING,
              "ERROR: \\[HLS 200-1023\\] Part '([^']{1,60})' is not installed",
              m -> "Vitis was installed without the device " + m.group(1) + ".",
              "add the device family with the installer of Vitis.",
              Retry.NEVER),
          rule(
              FailureKind.CONNECTIVITY,
              "ERROR: \\[(?:CFGEN 83-\\d+|SYSTEM_LINK 82-\\d+|CF2BD 82-\\d+)\\] (.{1,300})",
              m -> "The connectivity is wrong: " + m.group(1),
              "compare link.cfg with the kernels' arguments and with the memories that platforminfo lists.",
              Retry.NEVER),
          rule(
              FailureKind.HLS,
              "ERROR: \\[(?:v\\+\\+|HLS|VPL) (?:2(?:0[0-9]|1[0-9])-\\d+)\\] (.{1,400})",
              FailureRules::synthesis,
              "mend the source at this line; the kernels of the plugin itself should never fail here: report it.",
              Retry.NEVER),
          rule(
              FailureKind.OVER_UTILISATION,
              "requires more (.{1,80}?) cells than are available(?:.{0,200}? requires (\\d+) .{0,80} only (\\d+))?",
              m ->
                  "The design has more " + m.group(1) + " than the device"
                      + (m.group(2) == null ? "" : ": " + m.group(2) + " of " + m.group(3))
                      + ".",
              "use fewer units or lanes, or a smaller model; no strategy makes the device larger.",
              Retry.NEVER),
          rule(
              FailureKind.OVER_UTILISATION,
              "(?:ERROR|CRITICAL WARNING): \\[(?:Place|VPL) 30-(?:640|484)\\] (.{1,300})",
              m -> "The design does not fit: " + m.group(1),
              "use fewer units or lanes, or a smaller model; no strategy makes the device larger.",
              Retry.NEVER),
          rule(
              FailureKind.PLACEMENT,
              "ERROR: \\[(?:Place|VPL) 30-\\d+\\] (.{1,300})",
              m -> "The design could not be placed: " + m.group(1),
              "try another strategy; fewer units or an slr= for each unit help more.",
              Retry.NEXT_STRATEGY),
          rule(
              FailureKind.ROUTING,
              "(?:ERROR|CRITICAL WARNING): \\[(?:Route|VPL) (?:35-\\d+|18-1000)\\] (.{1,300})",
              m -> "The design could not be routed: " + m.group(1),
              "try a strategy against congestion (Congestion_SpreadLogic_high), fewer units, or an slr= for each unit.",
              Retry.NEXT_STRATEGY),
          rule(
              FailureKind.TIMING,
              "ERROR: \\[VPL(?: 101-2|-4)\\] (.{0,300}timing.{0,300})",
              m -> "A clock that cannot be lowered missed its target.",
              "ask for a lower frequency (frequencyMhz), or try another strategy.",
              Retry.NEXT_STRATEGY),
          rule(
              FailureKind.OPTION,
              "ERROR: \\[v\\+\\+ 60-(?:2351|2500|602)\\] (.{1,300})"
                  + "|(?:ERROR: .{0,80})?unrecogni[sz]ed option '([^']{1,80})'",
              m -> "v++ refuses its command: " + (m.group(1) == null ? m.group(2) : m.group(1)),
              "check vppOptions against this version of Vitis; command.sh in the step's folder shows the command.",
              Retry.NEVER));

  /** What explains a failure only if nothing above does. */
  static final List<Rule> HINTS =
      List.of(
          rule(
              FailureKind.HLS,
              "ERROR: \\[v\\+\\+ 60-300\\] Failed to build kernel\\(ip\\) (\\w{1,200})",
              m -> "High-level synthesis of " + m.group(1) + " failed, and this log does not say where.",
              "read the vitis_hls.log that the log names.",
              Retry.NEVER),
          rule(
              FailureKind.CRASH,
              "Segmentation fault|Abnormal program termination \\((?:11|6|EXCEPTION\\w*)\\)|segmentation violation",
              m -> "The tool crashed (\"" + m.group() + "\").",
              "try again, then with another strategy; keep the log and hs_err file for the vendor.",
              Retry.NEXT_STRATEGY),
          rule(
              FailureKind.KILLED,
              "Abnormal program termination \\((?:9|15)\\)|: Terminated\\b|: Killed\\b",
              m -> "The tool was ended from outside (\"" + m.group() + "\").",
              "ask who ended it: a batch system's limit, a reboot, a person.",
              Retry.LATER),
          rule(
              FailureKind.LICENCE,
              "WARNING: \\[(?:Common 17-348|VPL 17-301|v\\+\\+ 17-301)\\] Failed to get (?:a|the) license for"
                  + " (?:feature )?'([^']{1,60})'",
              m -> "The last thing that the log complains of is the licence for " + m.group(1) + ".",
              LICENCE,
              Retry.LATER));

  private static final Pattern SOURCE =
      Pattern.compile("([\\w./+-]{1,300}\\.(?:cpp|cc|cxx|c|hpp|hh|h)):(\\d{1,7})(?::\\d{1,5})?");

  private static final Pattern QUICK =
      Pattern.compile(
          "No space|quota|enough|bad_alloc|memory|Killed|Parent process|license|xclbinutil|XILINX_XRT|cells than"
              + "|Segmentation|segmentation|Abnormal|Terminated|unrecogni");

  private FailureRules() {}

  /** Whether a line is the cause or a hint of a failure; errors and critical warnings are looked at anyway. */
  static boolean recognise(String line) {
    String start = line.length() <= 2000 ? line : line.substring(0, 2000);
    if (start.contains("Feature available:")) {
      return true; // It takes back a warning about a licence.
    }
    return QUICK.matcher(start).find()
        && (CAUSES.stream().anyMatch(rule -> rule.pattern().matcher(start).find())
            || HINTS.stream().anyMatch(rule -> rule.pattern().matcher(start).find()));
  }

  /** Returns file and line that a message names; empty, if it names none. */
  static String source(String text) {
    Matcher matcher = SOURCE.matcher(text);
    return matcher.find() ? matcher.group(1) + ":" + matcher.group(2) : "";
  }

  private static String synthesis(Matcher matcher) {
    String source = source(matcher.group(1));
    return "High-level synthesis failed" + (source.isEmpty() ? "" : " at " + source) + ": " + matcher.group(1);
  }

  private static Rule rule(
      FailureKind kind, String pattern, Function<Matcher, String> sentence, String remedy, Retry retry) {
    return new Rule(kind, Pattern.compile(pattern), sentence, remedy, retry);
  }
}
