package io.github.lightmamba.verify;

import java.util.Locale;

/**
 * One value that differs.
 *
 * @param token position in the sequence, prompt and generated tokens counted through
 * @param layer the block, or −1 for what comes after the last
 * @param tensor {@code residual}, {@code logits} or {@code token}
 * @param index in the tensor
 * @param expected by the integer model
 * @param actual by the target
 */
public record Divergence(int token, int layer, String tensor, int index, int expected, int actual) {
  /** Returns the place and both values, decimal and hexadecimal. */
  public String sentence() {
    String place = layer < 0 ? tensor : "layer " + layer + ", " + tensor;
    return String.format(
        Locale.ROOT,
        "%s, token %d, index %d: expected %d (0x%08x), found %d (0x%08x)",
        place, token, index, expected, expected, actual, actual);
  }
}
