package io.github.lightmamba.pipeline;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One thing that a stage's output depends on.
 *
 * @param value its value as text, or null if it is a content
 * @param sha256 the digest of its content, or null if it is a value
 * @param identity whether it says whose output this is (scheme, board, checkpoint): a folder does not change hands
 *     within one Maven session
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Input(String value, String sha256, boolean identity) {
  /** Checks that exactly one of value and digest is there. */
  public Input {
    if ((value == null) == (sha256 == null)) {
      throw new IllegalArgumentException("an input has either a value or a digest");
    }
  }

  /** Returns how this input of the name {@code name} differs from what it was, or null if it does not. */
  String change(String name, Input before) {
    if (before == null) {
      return value == null ? name + " added" : name + " added (" + brief(value) + ")";
    }
    if (value != null && before.value != null) {
      return value.equals(before.value) ? null : name + " " + brief(before.value) + " -> " + brief(value);
    }
    return sha256 != null && sha256.equals(before.sha256) ? null : name + " changed";
  }

  private static String brief(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 40 ? line : line.substring(0, 37) + "...";
  }
}
