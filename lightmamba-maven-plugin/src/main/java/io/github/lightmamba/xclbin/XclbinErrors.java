package io.github.lightmamba.xclbin;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Path;

/** The failures of one file. */
record XclbinErrors(Path file) {
  /** The file contradicts itself or ends early. */
  LightMambaException malformed(String what) {
    return malformed(what, null);
  }

  /** The same, with a technical cause. */
  LightMambaException malformed(String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.XCLBIN_MALFORMED,
        file + ": " + what,
        "build the bitstream again, or fetch it again; it is cut off, damaged or no xclbin.",
        cause);
  }

  LightMambaException notReadable(IOException e) {
    return new LightMambaException(
        ErrorCode.FILE_NOT_READABLE, file + " cannot be read (" + e + ").", "check the path and the rights.", e);
  }

  /** Shortens what a file says, and makes control characters visible. */
  static String brief(String text) {
    String cut = text.length() <= 120 ? text : text.substring(0, 120) + "...";
    StringBuilder shown = new StringBuilder();
    cut.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
    return shown.toString();
  }
}
