package io.github.lightmamba.torch;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Path;

/** The failures of one file. */
record TorchErrors(Path file) {
  private static final String SAVE_AGAIN =
      "load it where you trust it, with torch.load(file, weights_only=True), and save the dict of tensors again with"
          + " safetensors.torch.save_file (or torch.save) under the same folder.";

  /** The file contradicts itself or ends early. */
  LightMambaException malformed(String what) {
    return new LightMambaException(
        ErrorCode.WEIGHTS_MALFORMED, file + ": " + what, "get the file again; it is damaged or no file of torch.save.");
  }

  /** The file is sound, but not the plain form that is read. */
  LightMambaException unsupported(String what) {
    return new LightMambaException(ErrorCode.CHECKPOINT_UNSUPPORTED, file + ": " + what, SAVE_AGAIN);
  }

  /** The pickle asks for what no state dict asks for. */
  LightMambaException hostile(String what) {
    return new LightMambaException(
        ErrorCode.PICKLE_REFUSED,
        file + ": " + what,
        "do not load this file with other tools unless you trust its author; get the weights as safetensors.");
  }

  LightMambaException notReadable(IOException e) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_READABLE, file + " cannot be read (" + e + ").", "check the path and the rights.", e);
  }

  /** Shortens what a stranger wrote, and makes control characters visible. */
  static String brief(String text) {
    String cut = text.length() <= 120 ? text : text.substring(0, 120) + "...";
    StringBuilder shown = new StringBuilder();
    cut.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
    return shown.toString();
  }
}
