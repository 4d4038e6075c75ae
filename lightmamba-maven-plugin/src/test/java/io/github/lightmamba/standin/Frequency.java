package io.github.lightmamba.standin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The frequency that a command asks for, in MHz, whichever option its version has for it. */
final class Frequency {
  private static final Pattern FREQHZ =
      Pattern.compile("(?:(\\d{4,10})|(\\d{1,4}(?:\\.\\d{1,6})?)MHz)(?::[\\w.,]+)?");
  private static final double DEFAULT = 300;

  private Frequency() {}

  static double asked(Command command) throws Rejection {
    if (command.has("--freqhz")) {
      return freqhz(command.one("--freqhz").orElseThrow());
    }
    if (command.has("--kernel_frequency")) {
      String value = command.one("--kernel_frequency").orElseThrow();
      Matcher matcher = Pattern.compile("(?:0:)?(\\d{1,4})(?:\\|1:\\d{1,4})?").matcher(value);
      if (!matcher.matches()) {
        throw new Rejection("ERROR: [v++ 60-1241] Invalid value '" + value + "' for option kernel_frequency");
      }
      return Double.parseDouble(matcher.group(1));
    }
    for (String option : new String[] {"--hls.clock", "--clock.freqHz"}) {
      if (command.has(option) && !command.mode().equals("hls")) {
        String value = command.one(option).orElseThrow();
        if (!value.matches("\\d{4,10}:\\w+(?:\\.\\w+)?(?:,\\w+)*")) {
          throw new Rejection("ERROR: [v++ 60-1241] Invalid value '" + value + "' for option " + option);
        }
        return Double.parseDouble(value.substring(0, value.indexOf(':'))) / 1e6;
      }
    }
    return DEFAULT;
  }

  private static double freqhz(String value) throws Rejection {
    Matcher matcher = FREQHZ.matcher(value);
    if (!matcher.matches()) {
      throw new Rejection("ERROR: [v++ 60-1241] Invalid value '" + value + "' for option freqhz");
    }
    return matcher.group(1) != null ? Double.parseDouble(matcher.group(1)) / 1e6 : Double.parseDouble(matcher.group(2));
  }
}
