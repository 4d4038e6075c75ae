package io.github.lightmamba.kernel;

import io.github.lightmamba.vitis.VitisVersion;

/**
 * Which releases of Vitis serve a board.
 *
 * @param first the first release
 * @param safe the release that is known best for the board
 * @param last the last release
 * @param reason why no later and no earlier one, for people; one sentence without a full stop
 * @param platform name of the platform by default; {@code {release}} stands for the digits of the release, for example
 *     {@code 20232} for 2023.2
 */
public record VitisSupport(String first, String safe, String last, String reason, String platform) {
  /** Checks the forms. */
  public VitisSupport {
    VitisVersion low = VitisVersion.of(first);
    if (!VitisVersion.of(safe).between(low, VitisVersion.of(last))) {
      throw new IllegalArgumentException("safe = " + safe + " is not between " + first + " and " + last);
    }
  }

  /** Returns the first release. */
  public VitisVersion firstRelease() {
    return VitisVersion.of(first);
  }

  /** Returns the last release. */
  public VitisVersion lastRelease() {
    return VitisVersion.of(last);
  }

  /** Returns the release that is known best. */
  public VitisVersion safeRelease() {
    return VitisVersion.of(safe);
  }

  /** Returns the platform's name for a release. */
  public String platformFor(VitisVersion release) {
    return platform.replace("{release}", release.year() + "" + release.release());
  }
}
