package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Fingerprint;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.vitis.LogDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a build: what it is made from, its commands, and what of it is kept. */
abstract class Step {
  /** The folder below the working folder in which the tool keeps what only it needs. */
  static final String TEMPORARY = "tmp";

  /** The folder of reports, below the working folder and in the output. */
  static final String REPORTS = "reports";

  private final String name;

  Step(String name) {
    this.name = name;
  }

  /** Returns its name, a file name. */
  final String name() {
    return name;
  }

  /** Returns the key of its result: what it is made from, without paths. */
  abstract Inputs inputs(FileDigests digests);

  /** Returns the digest of the key. */
  final Fingerprint fingerprint(FileDigests digests) {
    return Fingerprint.of(name, inputs(digests));
  }

  /** Returns the files that it needs, by their place below the working folder. */
  abstract Map<String, Path> files();

  /** Returns the texts that it needs, by their place below the working folder. */
  Map<String, String> texts() {
    return Map.of();
  }

  /** Returns the folder in which the commands run, below the working folder; empty: that itself. */
  String directory() {
    return "";
  }

  /** Returns whether it can be tried with another strategy. */
  boolean strategic() {
    return false;
  }

  /** Returns the commands; paths are relative to {@link #directory}, except for the platform's. */
  abstract List<List<String>> commands();

  /**
   * Takes what the commands have made; exit codes were good. Looks only whether it is all there: how good it is says
   * {@link #judge}.
   *
   * @param work the working folder
   * @param digest what the log said
   * @param output an empty folder
   * @throws io.github.lightmamba.error.LightMambaException if something is missing; nothing is kept then
   */
  abstract void collect(Path work, LogDigest digest, Path output) throws IOException;

  /**
   * Returns why what the step makes will be of no use, as soon as its log says so: it is ended then, and nothing is
   * kept.
   *
   * @param digest what the log has said so far
   */
  Optional<Objection> objection(LogDigest digest) {
    return Optional.empty();
  }

  /**
   * Judges what was collected, each time that it is used: it may be of another build, or of an older plugin.
   *
   * @param request of the step; its folder holds what was collected, and the log
   * @throws io.github.lightmamba.error.LightMambaException if it is not what was asked for; it is kept all the same
   */
  void judge(StepRequest request) throws IOException {}
}
