package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What shall happen. A text of lines, from the environment variable {@link #VARIABLE} or the file {@code scenario} in
 * the installation; each line is the name of an event and conditions:
 *
 * <pre>
 * congestion unless Congestion_SpreadLogic_high   only if this word stands nowhere in command and configuration
 * timing_failed above 250                         only if more than 250 MHz are asked for
 * crash in compile                                only in this step: compile, link or package
 * pause 200                                       each phase takes 200 ms
 * </pre>
 *
 * @param events what happens, first match first
 * @param pauseMillis how long each phase takes
 */
record Scenario(List<Condition> events, long pauseMillis) {
  static final String VARIABLE = "LIGHTMAMBA_STANDIN";

  /** Something other than success. */
  enum Event {
    /** A kernel clock is missed and lowered; the build is a success. */
    TIMING_LOWERED,
    /** A clock that cannot be lowered is missed. */
    TIMING_FAILED,
    /** A kernel clock is missed and stays, and the build is a success: the timing check is switched off. */
    TIMING_SILENT,
    /** The router gives up. */
    CONGESTION,
    /** More block RAM than there is. */
    OVER_UTILISATION,
    /** No licence. */
    NO_LICENCE,
    /** The source does not compile. */
    HLS_ERROR,
    /** A segmentation fault. */
    CRASH,
    /** The system kills a tool below v++ for memory. */
    OUT_OF_MEMORY,
    /** The system kills v++ itself. */
    KILLED,
    /** It never ends. */
    HANG,
    /** The file of a step is cut off, of a packaging the image of the card is empty, and the step claims success. */
    TRUNCATED,
    /** The build claims success and there is no file. */
    NO_OUTPUT,
    /** The first mapping of an argument is forgotten: it goes to HBM[0]. */
    INFERRED_MAPPING,
    /** The xclbin is for another platform, and the build is a success. */
    OTHER_PLATFORM,
    /** The disk is full. */
    DISK_FULL,
    /** XRT is not installed. */
    NO_XRT,
    /** A failure without an explanation. */
    MYSTERY
  }

  record Condition(Event event, String step, String unless, double above) {}

  static Scenario of(String variable, Path home) throws IOException {
    Path file = home.resolve("scenario");
    String text = variable != null ? variable : Files.exists(file) ? Files.readString(file) : "";
    List<Condition> events = new ArrayList<>();
    long pause = 0;
    for (String line : text.split("[;\n]")) {
      String[] words = line.strip().split(" +");
      if (words[0].isEmpty() || words[0].equals("success")) {
        continue;
      }
      if (words[0].equals("pause")) {
        pause = Long.parseLong(words[1]);
        continue;
      }
      String step = "";
      String unless = "";
      double above = -1;
      for (int i = 1; i + 1 < words.length; i += 2) {
        switch (words[i]) {
          case "in" -> step = words[i + 1];
          case "unless" -> unless = words[i + 1];
          case "above" -> above = Double.parseDouble(words[i + 1]);
          default -> throw new IllegalArgumentException("scenario: " + line);
        }
      }
      events.add(new Condition(Event.valueOf(words[0].toUpperCase(Locale.ROOT)), step, unless, above));
    }
    return new Scenario(events, pause);
  }

  /** Whether an event happens in a step. */
  boolean plays(Event event, String step, Command command, double megahertz) {
    return events.stream()
        .filter(condition -> condition.event() == event)
        .filter(condition -> condition.step().isEmpty() || condition.step().equals(step))
        .filter(condition -> condition.above() < 0 || megahertz > condition.above())
        .anyMatch(condition -> condition.unless().isEmpty() || !command.mentions(condition.unless()));
  }
}
