package io.github.lightmamba.mojo;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Turns what the user wrote into values, or says which parameter is wrong, what is allowed and how to set it. */
final class ParameterCheck {
  private ParameterCheck() {}

  static Path folder(String name, File value, String meaning) {
    Path path = present(name, value, "path/to/" + name, meaning);
    if (!Files.isDirectory(path)) {
      throw unreadable(name, path, Files.exists(path) ? "is no folder" : "does not exist", meaning);
    }
    return path;
  }

  static Path file(String name, File value, String meaning) {
    Path path = present(name, value, "path/to/" + name + ".txt", meaning);
    if (!Files.isRegularFile(path)) {
      throw unreadable(name, path, Files.exists(path) ? "is no file" : "does not exist", meaning);
    }
    if (!Files.isReadable(path)) {
      throw unreadable(name, path, "may not be read by this user", meaning);
    }
    return path;
  }

  static <E extends Enum<E>> E choice(String name, String value, Class<E> type) {
    E[] all = type.getEnumConstants();
    return Arrays.stream(all)
        .filter(e -> e.toString().equals(value))
        .findFirst()
        .orElseThrow(
            () -> {
              String allowed = Arrays.stream(all).map(E::toString).collect(Collectors.joining(", "));
              return invalid(name, value, "one of: " + allowed, all[0].toString());
            });
  }

  static int integer(String name, String value, int low, int high, int example) {
    try {
      int number = Integer.parseInt(value.trim());
      if (number >= low && number <= high) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw invalid(name, value, range(low, high), String.valueOf(example));
    }
    throw invalid(name, value, range(low, high), String.valueOf(example));
  }

  /** Returns the value, which has to be one of a few numbers. */
  static int oneOf(String name, String value, int... allowed) {
    return Arrays.stream(allowed)
        .filter(number -> String.valueOf(number).equals(value.trim()))
        .findFirst()
        .orElseThrow(
            () -> {
              String list = Arrays.stream(allowed).mapToObj(String::valueOf).collect(Collectors.joining(", "));
              return invalid(name, value, "one of: " + list, String.valueOf(allowed[0]));
            });
  }

  static LightMambaException missing(String name, String example, String meaning) {
    return new LightMambaException(
        ErrorCode.PARAMETER_MISSING,
        "The parameter " + name + " (" + meaning + ") is not set.",
        howToSet(name, example));
  }

  private static String range(int low, int high) {
    return low == high ? "only " + low : "a whole number from " + low + " to " + high;
  }

  private static Path present(String name, File value, String example, String meaning) {
    if (value == null || value.getPath().isBlank()) {
      throw missing(name, example, meaning);
    }
    return value.toPath().toAbsolutePath().normalize();
  }

  private static LightMambaException unreadable(String name, Path path, String what, String meaning) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_READABLE,
        "The parameter " + name + " (" + meaning + ") is " + path + ", which " + what + ".",
        howToSet(name, "path/to/it"));
  }

  static LightMambaException invalid(String name, String value, String allowed, String example) {
    return new LightMambaException(
        ErrorCode.PARAMETER_INVALID,
        "The parameter " + name + " is '" + value + "'; allowed is " + allowed + ".",
        howToSet(name, example));
  }

  private static String howToSet(String name, String example) {
    return "set <" + name + ">" + example + "</" + name + "> in the plugin's <configuration>, or -Dlightmamba." + name
        + "=" + example + " on the command line.";
  }
}
