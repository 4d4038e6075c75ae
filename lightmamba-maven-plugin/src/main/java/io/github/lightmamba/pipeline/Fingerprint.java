package io.github.lightmamba.pipeline;

import java.util.Map;

/**
 * The digest of everything that a stage's output depends on.
 *
 * @param sha256 64 hexadecimal digits
 */
public record Fingerprint(String sha256) {
  /**
   * Returns the SHA-256 of the canonical JSON of goal and inputs; the order of the inputs does not matter.
   *
   * @param goal the stage's goal
   * @param inputs its inputs
   */
  public static Fingerprint of(String goal, Inputs inputs) {
    return new Fingerprint(Sha256.of(Json.canonical(Map.of("goal", goal, "inputs", inputs.entries()))));
  }

  /** Returns the first 12 digits, for people. */
  public String brief() {
    return sha256.substring(0, Math.min(12, sha256.length()));
  }
}
