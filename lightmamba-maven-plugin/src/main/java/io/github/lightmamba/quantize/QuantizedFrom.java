package io.github.lightmamba.quantize;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Input;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Manifest;
import java.nio.file.Path;

/**
 * What a quantized model was made from. A later stage that reads the checkpoint or the calibration text again, to
 * compare with them, requires that they are still the same: figures about another model would look like real ones.
 */
public final class QuantizedFrom {
  private static final String CALIBRATION_TEXT = "calibration text";

  private QuantizedFrom() {}

  /** Adds checkpoint and calibration text; the reader of the checkpoint says which of its files must be there. */
  static void add(Inputs.Builder inputs, Path checkpoint, Path calibrationText, FileDigests digests) {
    for (Path file : Checkpoint.files(checkpoint)) {
      inputs.identityFile(input(file), file, digests);
    }
    inputs.file(CALIBRATION_TEXT, calibrationText, digests);
  }

  /**
   * Requires that a folder holds the checkpoint that the model was made from.
   *
   * @param quantized the manifest of the quantized model
   * @param checkpoint the folder of the parameter {@code checkpoint}
   * @throws LightMambaException {@link ErrorCode#PARAMETER_INVALID} with the file that differs
   */
  public static void requireCheckpoint(Manifest quantized, Path checkpoint, FileDigests digests) {
    for (Path file : Checkpoint.files(checkpoint)) {
      require(quantized, input(file), file, "checkpoint", digests);
    }
  }

  /**
   * Requires that a text is the one that the model was calibrated on.
   *
   * @param quantized the manifest of the quantized model
   * @param text the file of the parameter {@code calibrationText}
   * @throws LightMambaException {@link ErrorCode#PARAMETER_INVALID} if it differs
   */
  public static void requireCalibrationText(Manifest quantized, Path text, FileDigests digests) {
    require(quantized, CALIBRATION_TEXT, text, "calibrationText", digests);
  }

  private static String input(Path checkpointFile) {
    return "checkpoint " + checkpointFile.getFileName();
  }

  private static void require(Manifest quantized, String name, Path file, String parameter, FileDigests digests) {
    Input before = quantized.inputs().get(name);
    if (before == null || !digests.sha256(file).equals(before.sha256())) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "The quantized model was not made from " + file + " (parameter " + parameter + "): the content differs.",
          "run the goal quantize again, or set " + parameter + " to what the model was made from.");
    }
  }
}
