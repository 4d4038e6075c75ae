package io.github.lightmamba.vitis;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a link was asked for: section {@code [connectivity]} of a configuration file, to compare a bitstream with.
 *
 * @param file where it was read from
 * @param instances kernel by instance ({@code nk}); a kernel that is not named gets one instance from the link itself
 * @param mappings banks by {@code instance.argument} ({@code sp}); a range is taken apart
 * @param regions super logic region by instance ({@code slr})
 * @param streams {@code instance.stream:instance.stream}, without depths ({@code stream_connect})
 */
public record LinkConfig(
    Path file,
    Map<String, String> instances,
    Map<String, List<String>> mappings,
    Map<String, String> regions,
    List<String> streams) {
  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_RANGE = 64;
  private static final Pattern NK = Pattern.compile("(\\w+):(\\d{1,3})(?::([\\w.,]+))?");
  private static final Pattern SP =
      Pattern.compile("(\\w+\\.\\w+):(\\w+)(?:\\[(\\d{1,3})(?::(\\d{1,3}))?])?(?:\\.\\d+)?");
  private static final Pattern SLR = Pattern.compile("(\\w+):(SLR\\d)");
  private static final Pattern STREAM = Pattern.compile("(\\w+\\.\\w+:\\w+\\.\\w+)(?::\\d+)?");

  /**
   * Reads a configuration file; other sections are not looked at.
   *
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read,
   *     {@link ErrorCode#PARAMETER_INVALID} with the line if it says something that v++ would not understand
   */
  public static LinkConfig read(Path file) {
    List<String> lines;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is longer than " + MAX_BYTES + " bytes");
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE, file + " cannot be read (" + e + ").", "check the path and the rights.", e);
    }
    LinkConfig config =
        new LinkConfig(
            file, new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip();
      if (line.startsWith("[")) {
        inside = line.equals("[connectivity]");
      } else if (inside && !line.isEmpty()) {
        config.take(line, i + 1);
      }
    }
    return config;
  }

  private void take(String line, int number) {
    int equals = line.indexOf('=');
    String key = equals < 0 ? line : line.substring(0, equals).strip();
    String value = equals < 0 ? "" : line.substring(equals + 1).strip();
    boolean good =
        switch (key) {
          case "nk" -> nk(value);
          case "sp" -> sp(value);
          case "slr" -> slr(value);
          case "stream_connect", "sc" -> stream(value);
          default -> false;
        };
    if (!good) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          file + ", line " + number + ": \"" + line.substring(0, Math.min(120, line.length()))
              + "\" is no connectivity of the forms nk=kernel:n:a.b, sp=instance.argument:BANK[n], slr=instance:SLRn,"
              + " stream_connect=a.out:b.in, or says again what was said.",
          "mend the line; docs/bitstream.md shows what is read.");
    }
  }

  private boolean nk(String value) {
    Matcher matcher = NK.matcher(value);
    if (!matcher.matches()) {
      return false;
    }
    int count = Integer.parseInt(matcher.group(2));
    // The names were parted by commas before 2020.
    String[] names = matcher.group(3) == null ? new String[count] : matcher.group(3).split("[.,]");
    boolean good = count > 0 && names.length == count;
    for (int i = 0; good && i < count; i++) {
      String name = names[i] == null ? matcher.group(1) + "_" + (i + 1) : names[i];
      good = !name.isEmpty() && instances.put(name, matcher.group(1)) == null;
    }
    return good;
  }

  private boolean sp(String value) {
    Matcher matcher = SP.matcher(value);
    if (!matcher.matches()) {
      return false;
    }
    List<String> banks = new ArrayList<>();
    if (matcher.group(3) == null) {
      banks.add(matcher.group(2));
    } else {
      int first = Integer.parseInt(matcher.group(3));
      int last = matcher.group(4) == null ? first : Integer.parseInt(matcher.group(4));
      for (int i = first; i <= last && banks.size() <= MAX_RANGE; i++) {
        banks.add(matcher.group(2) + "[" + i + "]");
      }
    }
    boolean good = !banks.isEmpty() && banks.size() <= MAX_RANGE;
    return good && mappings.put(matcher.group(1), List.copyOf(banks)) == null;
  }

  private boolean slr(String value) {
    Matcher matcher = SLR.matcher(value);
    return matcher.matches() && regions.put(matcher.group(1), matcher.group(2)) == null;
  }

  private boolean stream(String value) {
    Matcher matcher = STREAM.matcher(value);
    return matcher.matches() && streams.add(matcher.group(1));
  }
}
