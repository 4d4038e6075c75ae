package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;

/** How many weights of a row share a scale. */
public final class GroupSize {
  private static final int SMALLEST = 8;

  private GroupSize() {}

  /**
   * Returns the group of a matrix.
   *
   * @param wanted the parameter; 0 lets the width decide
   * @param cols width of the matrix
   * @param tensor its name, for messages
   * @throws LightMambaException if it does not divide the width, or is below 8 or above 128
   */
  public static int of(int wanted, int cols, String tensor) {
    int group = wanted == 0 ? ModelShape.weightGroup(cols) : wanted;
    if (cols % group != 0 || group < SMALLEST || group > 128 || Integer.bitCount(group) != 1) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "groupSize = " + group + " does not fit " + tensor + " with its " + cols
              + " inputs: it has to be a power of two from " + SMALLEST + " to 128 that divides them.",
          "leave lightmamba.groupSize out, or set one that divides, for example "
              + Math.max(SMALLEST, ModelShape.weightGroup(cols)) + ".");
    }
    return group;
  }
}
