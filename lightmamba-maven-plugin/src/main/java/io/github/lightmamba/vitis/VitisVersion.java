package io.github.lightmamba.vitis;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of Vitis, for example 2023.1; updates such as 2022.2.1 count as their release.
 *
 * @param year from 2020
 * @param release 1 or 2, rarely more
 */
public record VitisVersion(int year, int release) implements Comparable<VitisVersion> {
  private static final Pattern FORM = Pattern.compile("v?(20[2-9]\\d)\\.(\\d)(?:\\.\\d+)?");

  /** Reads the form {@code 2023.1}; nothing, if the text is of another form. */
  public static Optional<VitisVersion> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new VitisVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /**
   * Reads the form {@code 2023.1}.
   *
   * @throws IllegalArgumentException if the text is of another form
   */
  public static VitisVersion of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("no version of Vitis: " + text));
  }

  /** Returns whether this release is one from {@code first} to {@code last}, both included. */
  public boolean between(VitisVersion first, VitisVersion last) {
    return compareTo(first) >= 0 && compareTo(last) <= 0;
  }

  @Override
  public int compareTo(VitisVersion other) {
    return Comparator.comparingInt(VitisVersion::year)
        .thenComparingInt(VitisVersion::release)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return year + "." + release;
  }
}
