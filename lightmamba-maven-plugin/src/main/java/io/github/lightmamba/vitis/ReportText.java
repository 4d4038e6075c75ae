package io.github.lightmamba.vitis;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A report's text, read with a bound, and its failures.
 *
 * @param file where it was read from
 * @param lines its lines
 */
record ReportText(Path file, List<String> lines) {
  private static final int MAX_LINE = 16_384;

  /**
   * Reads a report, or its beginning: what is of interest stands at the top of those that are long.
   *
   * @param most bytes that are read
   */
  static ReportText head(Path file, int most) {
    byte[] bytes = bytes(file, most);
    // Vivado writes bytes of any encoding where it quotes paths; every byte is a character here.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<String> lines =
        text.lines().map(line -> line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE)).toList();
    return new ReportText(file, lines);
  }

  /** Reads a report that is of use only as a whole. */
  static byte[] whole(Path file, int most) {
    try {
      long size = Files.size(file);
      if (size > most) {
        throw unreadable(file, "it has " + size + " bytes, at most " + most + " are read.", null);
      }
    } catch (IOException e) {
      throw unreadable(file, "it cannot be read (" + e + ").", e);
    }
    return bytes(file, most);
  }

  private static byte[] bytes(Path file, int most) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    } catch (IOException e) {
      throw unreadable(file, "it cannot be read (" + e + ").", e);
    }
  }

  /** Returns the first line, from a place on, that contains a text; -1 if none does. */
  int find(String text, int from) {
    for (int i = Math.max(0, from); i < lines.size(); i++) {
      if (lines.get(i).contains(text)) {
        return i;
      }
    }
    return -1;
  }

  /** Returns what stands after {@code key} and a colon in the first line that begins so; empty, if none does. */
  String value(String key) {
    for (String line : lines) {
      String plain = line.startsWith("|") ? line.substring(1).strip() : line.strip();
      if (plain.startsWith(key)) {
        String rest = plain.substring(key.length()).strip();
        if (rest.startsWith(":")) {
          return rest.substring(1).strip();
        }
      }
    }
    return "";
  }

  LightMambaException unreadable(String what) {
    return unreadable(file, what, null);
  }

  static LightMambaException unreadable(Path file, String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.REPORT_UNREADABLE,
        file + ": " + what,
        "look at the file; if it is sound, report it with the version of Vitis.",
        cause);
  }
}
