package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.VitisVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is looked at before hours of work: the files of the board's Linux, licence, memory, disk, runtime, memories. */
final class Preflight {
  private final BitstreamRequest request;

  Preflight(BitstreamRequest request) {
    this.request = request;
  }

  /** Says what is doubtful; fails if something is missing. */
  void check(Progress progress) {
    List<Check> checks = checks();
    checks.stream()
        .filter(check -> check.state() == Check.State.DOUBTFUL)
        .forEach(check -> progress.warn(check.line()));
    List<Check> missing = checks.stream().filter(check -> check.state() == Check.State.MISSING).toList();
    if (!missing.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.SETUP_INCOMPLETE,
          "The build for the " + request.board().title() + " would fail after hours: "
              + missing.stream().map(Check::line).collect(Collectors.joining("; ")) + ".",
          "do what stands behind each point.");
    }
  }

  private List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    if (!request.board().promised()) {
      checks.add(
          Check.doubtful(
              "board", "the " + request.board().title() + " is beyond the boards that are promised",
              "expect to mend its profile in boards/" + request.board().name() + ".json"));
    }
    VitisVersion version = request.tools().commands().version();
    if (version.compareTo(request.board().vitis().safeRelease()) > 0) {
      checks.add(
          Check.doubtful(
              "Vitis", version + " probably serves the board; " + request.board().vitis().reason(),
              "use " + request.board().vitis().safe() + " if it fails"));
    }
    checks.add(MachineChecks.licence(System.getenv(), System.getProperty("user.home")));
    checks.add(MachineChecks.memory());
    checks.add(MachineChecks.disk(request.workspace().root()));
    checks.add(MachineChecks.runtime(System.getenv()));
    if (request.board().sdCard()) {
      checks.add(file("rootfs", request.options().rootfs(), "rootfs.ext4"));
      checks.add(file("kernelImage", request.options().kernelImage(), "Image"));
      request.options().sysroot()
          .filter(folder -> !Files.isDirectory(folder))
          .ifPresent(folder -> checks.add(Check.missing("sysroot", folder + " is no folder", "set sysroot")));
    }
    checks.add(memories());
    return checks;
  }

  private static Check file(String name, Optional<Path> file, String usual) {
    if (file.isEmpty()) {
      return Check.missing(
          name, "not set", "set " + name + " to " + usual + " of the vendor's common image for the board");
    }
    return Files.isRegularFile(file.get())
        ? Check.good(name, file.get().toString())
        : Check.missing(name, file.get() + " is no file", "set " + name + " to " + usual);
  }

  /** The tags of memories are the platform's, never guessed: a wrong one ends the link. */
  private Check memories() {
    if (request.tools().vitis().isEmpty()) {
      return Check.doubtful("memories", "no platforminfo here", "install Vitis");
    }
    List<String> tags =
        request
            .tools()
            .vitis()
            .get()
            .describe(request.tools().platform(), request.tools().environment())
            .memories();
    List<String> unknown =
        GeneratedKernels.read(request.kernels()).link().mappings().values().stream()
            .flatMap(List::stream)
            .map(bank -> bank.replaceFirst("\\[.*", ""))
            .distinct()
            .filter(tag -> !tags.contains(tag))
            .toList();
    if (tags.isEmpty() || unknown.isEmpty()) {
      return Check.good("memories", String.join(", ", tags));
    }
    return Check.missing(
        "memories",
        "link.cfg maps to " + String.join(", ", unknown) + ", and the platform has " + String.join(", ", tags),
        "choose the platform of the board's profile, or correct the tags in boards/" + request.board().name()
            + ".json of the accelerator sources");
  }
}
