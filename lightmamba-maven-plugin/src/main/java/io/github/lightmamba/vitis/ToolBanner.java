package io.github.lightmamba.vitis;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tool prints of itself before it does anything.
 *
 * @param tool for example {@code v++}, {@code vpl}, {@code Vivado}
 * @param version its release
 * @param build its build number; empty, if it was not printed
 * @param built when it was built, as printed; empty, if it was not printed
 * @param standIn whether it says that it is the stand-in of the plugin's tests and no Vitis
 */
public record ToolBanner(String tool, VitisVersion version, String build, String built, boolean standIn) {
  /** What the stand-in for Vitis prints in its banner. */
  public static final String STAND_IN_MARK = "LightMamba stand-in";

  private static final Pattern FIRST =
      Pattern.compile("\\s*\\*{6} (\\S+) (v20[2-9]\\d\\.\\d(?:\\.\\d+)?) \\(64-bit\\).*");

  private static final Pattern BUILD = Pattern.compile("\\s*\\*{4} SW Build (.+?) on (.+)");

  /** Reads the first line of a banner; build, date and mark come with later lines. */
  static Optional<ToolBanner> first(String line) {
    Matcher matcher = FIRST.matcher(line);
    return matcher.matches()
        ? VitisVersion.parse(matcher.group(2))
            .map(version -> new ToolBanner(matcher.group(1), version, "", "", false))
        : Optional.empty();
  }

  /** Returns this with what a later line of the same banner adds. */
  ToolBanner with(String line) {
    Matcher matcher = BUILD.matcher(line);
    if (build.isEmpty() && matcher.matches()) {
      return new ToolBanner(tool, version, matcher.group(1), matcher.group(2).strip(), standIn);
    }
    return line.contains(STAND_IN_MARK) ? new ToolBanner(tool, version, build, built, true) : this;
  }

  /**
   * Finds the first banner of a tool in what it printed; other lines may stand before and between.
   *
   * @param lines what was printed
   */
  public static Optional<ToolBanner> find(List<String> lines) {
    ToolBanner found = null;
    for (String line : lines) {
      if (found == null) {
        found = first(line).orElse(null);
      } else if (first(line).isPresent()) {
        break;
      } else {
        found = found.with(line);
      }
    }
    return Optional.ofNullable(found);
  }
}
