package io.github.lightmamba.vitis;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Vitis that answered.
 *
 * @param home the folder that holds {@code bin/v++}
 * @param banner what {@code v++ --version} says
 */
public record VitisInstallation(Path home, ToolBanner banner) {
  private static final Duration PROBE = Duration.ofMinutes(3); // The first start from a network disk takes long.
  private static final int MOST_LINES = 100_000;

  /** Variables that the settings script sets; others that it may print are not taken over. */
  private static final Pattern VARIABLE =
      Pattern.compile("((?:XILINX|RDI|HDI|XIL|AMD)_?\\w*|PATH|LD_LIBRARY_PATH|MANPATH)=(.*)");

  /**
   * Asks a Vitis for its version.
   *
   * @param home the folder that holds {@code bin/v++}
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING} if there is none or it does not answer
   */
  public static VitisInstallation probe(Path home) {
    Path program = home.resolve("bin").resolve("v++");
    if (ProcessRunner.find(program.toString()).isEmpty()) {
      throw missing(home + " holds no bin/v++.", null);
    }
    try {
      List<String> lines = run(home, List.of(program.toString(), "--version"), Map.of());
      ToolBanner banner =
          ToolBanner.find(lines)
              .filter(found -> found.tool().equals("v++"))
              .orElseThrow(() -> missing(program + " --version does not tell a version.", null));
      return new VitisInstallation(home, banner);
    } catch (IOException e) {
      throw missing(program + " --version does not work: " + e.getMessage() + ".", e);
    }
  }

  /** Returns the release. */
  public VitisVersion version() {
    return banner.version();
  }

  /** Returns a tool of the installation, for example {@code platforminfo}; nothing, if it is not there. */
  public Optional<Path> tool(String name) {
    return ProcessRunner.find(home.resolve("bin").resolve(name).toString());
  }

  /**
   * Returns a command with the path of its tool.
   *
   * @param command the first word is the name of a tool
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING} if the installation lacks the tool
   */
  public List<String> command(List<String> command) {
    Path tool =
        tool(command.get(0))
            .orElseThrow(() -> missing(home.resolve("bin") + " holds no " + command.get(0) + ".", null));
    List<String> absolute = new ArrayList<>(command);
    absolute.set(0, tool.toString());
    return absolute;
  }

  /** Returns the script that prepares a shell for this version; nothing, if it is not there. */
  public Optional<Path> settings() {
    return Optional.of(home.resolve("settings64.sh")).filter(Files::isRegularFile);
  }

  /**
   * Returns what the settings script changes in the environment: paths of Vitis, Vivado and HLS. The script is run, not
   * imitated, because what it sets differs between versions.
   *
   * @param current the environment to compare with, as {@link System#getenv()}
   * @return by name; empty without a script
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING} if the script fails
   */
  public Map<String, String> environment(Map<String, String> current) {
    Optional<Path> settings = settings();
    if (settings.isEmpty()) {
      return Map.of();
    }
    List<String> command =
        List.of("bash", "-c", ". \"$1\" >/dev/null 2>&1 && env", "settings", settings.get().toString());
    Map<String, String> changed = new LinkedHashMap<>();
    try {
      for (String line : run(home, command, Map.of())) {
        Matcher matcher = VARIABLE.matcher(line);
        if (matcher.matches() && !matcher.group(2).equals(current.get(matcher.group(1)))) {
          changed.put(matcher.group(1), matcher.group(2));
        }
      }
      return changed;
    } catch (IOException e) {
      throw missing(settings.get() + " cannot be sourced: " + e.getMessage() + ".", e);
    }
  }

  /**
   * Asks {@code platforminfo} for a platform.
   *
   * @param commands of its version
   * @param platform the platform
   * @param environment added to that of the process, as {@link #environment} returns it
   * @throws LightMambaException {@link ErrorCode#PLATFORM_MISSING} if it does not describe the platform,
   *     {@link ErrorCode#VITIS_MISSING} if the installation lacks the tool
   */
  public PlatformInfo describe(VitisCommands commands, Platform platform, Map<String, String> environment) {
    List<String> command =
        command(commands.render(VitisStep.PLATFORM_INFO, CommandValues.none().with("platform", platform.file())));
    PlatformInfo info;
    try {
      info = PlatformInfo.parse(run(home, command, environment));
    } catch (IOException e) {
      throw undescribed(platform, e.getMessage(), e);
    }
    if (info.device().isEmpty()) {
      throw undescribed(platform, "it tells no device", null);
    }
    return info;
  }

  private static LightMambaException undescribed(Platform platform, String why, Throwable cause) {
    return new LightMambaException(
        ErrorCode.PLATFORM_MISSING,
        "platforminfo does not describe " + platform.file() + ": " + why + ".",
        "check that the platform is complete and made for this version of Vitis.",
        cause);
  }

  private static List<String> run(Path folder, List<String> command, Map<String, String> environment)
      throws IOException {
    List<String> lines = new ArrayList<>();
    Invocation invocation =
        Invocation.of(folder, command)
            .withTimeout(PROBE)
            .withEnvironment(environment)
            .withLines(line -> keep(lines, line));
    ProcessResult result = new ProcessRunner().run(invocation);
    if (!result.good()) {
      String end = result.timedOut() ? "no answer in " + PROBE.toSeconds() + " s" : "exit code " + result.exitCode();
      throw new IOException(end + " " + lines.subList(0, Math.min(3, lines.size())));
    }
    return lines;
  }

  private static void keep(List<String> lines, String line) {
    if (lines.size() < MOST_LINES) {
      lines.add(line);
    }
  }

  private static LightMambaException missing(String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.VITIS_MISSING, what, "set vitisHome to the folder of a Vitis that works.", cause);
  }
}
