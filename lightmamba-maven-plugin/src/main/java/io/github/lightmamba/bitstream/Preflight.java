package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.CardSearch;
import io.github.lightmamba.vitis.VitisVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is looked at before hours of work; the doctor shows the same checks. */
final class Preflight {
  private final BitstreamRequest request;

  Preflight(BitstreamRequest request) {
    this.request = request;
  }

  /** Says what is doubtful and what cannot be told; fails if something is missing. */
  void check(Progress progress) {
    List<Check> checks = checks();
    for (Check check : checks) {
      if (check.state() == Check.State.DOUBTFUL) {
        progress.warn(check.line());
      } else if (check.state() == Check.State.UNCHECKED) {
        progress.info(check.line());
      }
    }
    require("The build for the " + request.board().title(), checks);
  }

  /**
   * Fails if something is missing.
   *
   * @param who would fail without it, the beginning of a sentence
   * @param checks what was looked at
   */
  static void require(String who, List<Check> checks) {
    List<Check> missing = checks.stream().filter(check -> check.state() == Check.State.MISSING).toList();
    if (!missing.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.SETUP_INCOMPLETE,
          who + " would fail after hours: "
              + missing.stream().map(Check::line).collect(Collectors.joining("; ")) + ".",
          "do what stands behind each point.");
    }
  }

  /** Looks. */
  List<Check> checks() {
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
    checks.addAll(request.executor().checks(request.workspace().root(), request.ledger()));
    Machine machine = request.machine();
    BuildOptions options = request.options();
    if (request.board().sdCard()) {
      checks.addAll(new BoardLinux(options.sysroot(), options.rootfs(), options.kernelImage()).checks());
      checks.addAll(BoardMemoryCheck.of(request.board(), request.kernels(), machine.root()));
    } else if (options.target() == BuildTarget.HW) {
      CardSearch cards = CardSearch.of(machine.environment(), machine.root().resolve("sys/bus/pci/devices"));
      checks.add(ShellCheck.of(request.board(), request.tools(), cards));
    }
    checks.add(MemoryTags.check(request.board(), request.tools(), request.kernels()));
    return checks;
  }
}
