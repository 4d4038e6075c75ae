package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.xclbin.Xclbin;
import java.nio.file.Path;
import java.util.List;

/** Whether a file is a bitstream, and the one that was asked for. */
final class LinkJudgement {
  private LinkJudgement() {}

  /** Fails if an xclbin was cut off: what is not there is not worth keeping. */
  static void requireWhole(Path file, String step, Path work) {
    Xclbin.cutOff(file)
        .ifPresent(
            why -> {
              throw StepRejection.incomplete(
                  step,
                  "its xclbin is cut off: " + why,
                  "make room on the disk and build again; the step is done anew",
                  work);
            });
  }

  /** Fails if a file is no bitstream, or not the one that was asked for. */
  static Xclbin of(Path file, LinkConfig link, Step step, StepRequest request) {
    Xclbin xclbin;
    try {
      xclbin = Xclbin.read(file);
    } catch (LightMambaException e) {
      throw StepRejection.judged(
          step,
          "its xclbin cannot be read: " + e.getMessage(),
          "if xclbinutil --info reads the file, report it as a bug",
          request);
    }
    if (!request.options().standInAccepted()) {
      xclbin.requireBitstream();
    }
    String platform = request.tools().platform().name();
    List<String> problems = XclbinJudgement.problems(xclbin, link, request.options().target(), platform);
    if (!problems.isEmpty()) {
      throw StepRejection.judged(
          step,
          "its xclbin is not what was asked for: " + XclbinJudgement.clause(problems),
          "compare it with link.cfg in the working folder",
          request);
    }
    return xclbin;
  }
}
