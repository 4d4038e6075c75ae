package io.github.lightmamba.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;

/**
 * What the generator has to know of a board; {@code accelerator-src/boards/<name>.json}.
 *
 * @param name as in the parameter {@code board}
 * @param title for people
 * @param part the device
 * @param units compute units, one memory channel each
 * @param lanes T, tokens that share a weight word
 * @param multiplier what multiplies weights and activations
 */
public record BoardProfile(String name, String title, String part, int units, int lanes, Multiplier multiplier) {
  private static final int UNITS_MAX = 31;

  /** Reads the profile of a board from the accelerator sources. */
  static BoardProfile read(Board board, AcceleratorSource source) {
    String path = "boards/" + board + ".json";
    try {
      BoardProfile profile = new ObjectMapper().readValue(source.read(path), BoardProfile.class);
      if (profile.units < 1 || profile.units > UNITS_MAX) {
        throw invalid(path + ": units = " + profile.units + ", allowed are 1 to " + UNITS_MAX + ".", null);
      }
      if (profile.lanes != 1) {
        throw invalid(path + ": lanes = " + profile.lanes + ", allowed is 1.", null);
      }
      if (profile.multiplier == null) {
        throw invalid(path + ": multiplier is missing, allowed are packed, dot-mode and fabric.", null);
      }
      return profile;
    } catch (IOException e) {
      throw invalid(path + " is no board profile (" + e.getMessage() + ").", e);
    }
  }

  private static LightMambaException invalid(String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.PARAMETER_INVALID, what, "compare the file with the one of this version of the plugin.", cause);
  }
}
