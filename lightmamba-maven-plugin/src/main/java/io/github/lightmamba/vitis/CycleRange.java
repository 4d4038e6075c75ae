package io.github.lightmamba.vitis;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A number of cycles, or a range of it.
 *
 * @param low the least
 * @param high the most; as {@code low} where one number stands
 */
public record CycleRange(long low, long high) {
  /**
   * Reads {@code 12} or {@code 948 ~ 4728}; nothing for {@code undef}, {@code ?}, {@code NA}, {@code -} and the like.
   */
  public static Optional<CycleRange> parse(String text) {
    int tilde = text.indexOf('~');
    OptionalLong low = Figures.count(tilde < 0 ? text : text.substring(0, tilde));
    OptionalLong high = tilde < 0 ? low : Figures.count(text.substring(tilde + 1));
    return low.isPresent() && high.isPresent()
        ? Optional.of(new CycleRange(low.getAsLong(), high.getAsLong()))
        : Optional.empty();
  }

  /** Returns the number, if it is one and not a range. */
  public OptionalLong exact() {
    return low == high ? OptionalLong.of(low) : OptionalLong.empty();
  }
}
