package io.github.lightmamba.vitis;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Numbers as reports write them: what is unknown is {@code undef}, {@code NA}, {@code ?}, {@code -} or nothing. */
final class Figures {
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d{1,15}(?:\\.\\d{0,15})?(?:[eE][-+]?\\d{1,2})?");
  private static final Pattern INTEGER = Pattern.compile("\\d{1,18}");

  private Figures() {}

  /** Returns a decimal number; {@code <0.01} counts as its limit. */
  static OptionalDouble number(String text) {
    String figure = text.strip();
    figure = figure.startsWith("<") ? figure.substring(1) : figure;
    return NUMBER.matcher(figure).matches() ? OptionalDouble.of(Double.parseDouble(figure)) : OptionalDouble.empty();
  }

  /** Returns a count; thousands may be parted by commas. */
  static OptionalLong count(String text) {
    String figure = text.strip().replace(",", "");
    return INTEGER.matcher(figure).matches() ? OptionalLong.of(Long.parseLong(figure)) : OptionalLong.empty();
  }
}
