package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.HadamardTransform;
import io.github.lightmamba.rotation.ModelRotation;

/** What happens to a width of which no Hadamard matrix is known. */
public enum RotationPolicy {
  /** It is rotated in blocks, with a warning. */
  AUTO("auto"),
  /** It is refused. */
  STRICT("strict");

  private final String id;

  RotationPolicy(String id) {
    this.id = id;
  }

  /** Returns the name in parameters and manifests. */
  @Override
  public String toString() {
    return id;
  }

  /**
   * Applies the policy.
   *
   * @throws LightMambaException {@link ErrorCode#CHECKPOINT_UNSUPPORTED} with the width, if it is strict
   */
  void check(ModelRotation rotation, Progress progress) {
    for (HadamardTransform transform : rotation.blockDiagonal()) {
      String what =
          "No Hadamard matrix of order " + transform.length() + " is known; "
              + transform.blocks() + " blocks of " + transform.order();
      if (this == STRICT) {
        throw new LightMambaException(
            ErrorCode.CHECKPOINT_UNSUPPORTED,
            what + " would rotate this width, but the parameter rotation is strict.",
            "set <rotation>auto</rotation> in the plugin's <configuration>, or -Dlightmamba.rotation=auto, and look at"
                + " the perplexity.");
      }
      progress.warn(what + " rotate this width, which mixes outliers less; look at the perplexity");
    }
  }
}
