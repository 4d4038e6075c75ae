package io.github.lightmamba.bitstream;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a configuration for {@code --mode hls} says of synthesis, as the Tcl script that the classic flow reads before it
 * (UG1399, "Tcl to Config File Command Map"): {@code syn.compile.x=y} is {@code config_compile -x y}.
 */
final class HlsScript {
  private static final Pattern SETTING =
      Pattern.compile("(?m)^syn\\.(compile|interface|dataflow|rtl|schedule|storage)\\.([a-z0-9_]+)=(\\S+)\\s*$");

  private HlsScript() {}

  /** Returns the script, a setting a line; the settings of the flow itself are options of the command. */
  static String of(String configuration) {
    List<String> lines = new ArrayList<>();
    lines.add("# Made by lightmamba from the configuration of the kernel.");
    Matcher matcher = SETTING.matcher(configuration);
    while (matcher.find()) {
      String value = matcher.group(3);
      String between = value.equals("true") || value.equals("false") ? "=" : " ";
      lines.add("config_" + matcher.group(1) + " -" + matcher.group(2) + between + value);
    }
    return String.join("\n", lines) + "\n";
  }
}
