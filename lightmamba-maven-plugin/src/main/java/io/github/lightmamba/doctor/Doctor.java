package io.github.lightmamba.doctor;

import io.github.lightmamba.bitstream.BoardLinux;
import io.github.lightmamba.bitstream.BoardMemoryCheck;
import io.github.lightmamba.bitstream.BuildTools;
import io.github.lightmamba.bitstream.Check;
import io.github.lightmamba.bitstream.Executor;
import io.github.lightmamba.bitstream.Machine;
import io.github.lightmamba.bitstream.MemoryTags;
import io.github.lightmamba.bitstream.ShellCheck;
import io.github.lightmamba.bitstream.ToolOptions;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.verify.CppCompiler;
import io.github.lightmamba.vitis.Card;
import io.github.lightmamba.vitis.CardSearch;
import io.github.lightmamba.vitis.VitisSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Looks at the machine.
 *
 * @param boards all boards; the first is the one that goals are asked for
 * @param search where to look for the Vitis of a board
 * @param options what the user says of Vitis and platform; the platform is that of the first board
 * @param workspace where builds would write
 * @param linux the Linux of boards that start from an SD card
 * @param machine this machine, where compiler and cards are looked for
 * @param executor where steps of a build would run
 * @param cache where builds would keep results, or nothing
 */
public record Doctor(
    List<BoardProfile> boards,
    Function<BoardProfile, VitisSearch> search,
    ToolOptions options,
    Workspace workspace,
    BoardLinux linux,
    Machine machine,
    Executor executor,
    Optional<Path> cache) {
  private static final int JAVA_FEATURE = 17;
  private static final String JDK = "JDK";
  private static final String COMPILER = "C++ compiler";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Looks around. */
  public Diagnosis examine() {
    List<Check> checks = new ArrayList<>();
    checks.add(jdk());
    checks.add(compiler());
    CardSearch cards = CardSearch.of(machine.environment(), machine.root().resolve("sys/bus/pci/devices"));
    for (int i = 0; i < boards.size(); i++) {
      checks.addAll(board(boards.get(i), i == 0 ? options : options.withoutPlatform(), cards));
    }
    if (boards.stream().anyMatch(BoardProfile::sdCard)) {
      checks.addAll(linux.checks());
    }
    List<Check> build = executor.checks(workspace.root(), cache);
    checks.addAll(build);
    checks.add(cards(cards));
    checks.add(slurm(executor));
    return new Diagnosis(checks, needs(build));
  }

  private Map<String, Set<String>> needs(List<Check> machineChecks) {
    Map<String, Set<String>> needs = new LinkedHashMap<>();
    for (String goal : List.of("quantize", "generate-kernels", "estimate", "evaluate")) {
      needs.put(goal, Set.of(JDK));
    }
    needs.put("verify", new TreeSet<>(Set.of(JDK, COMPILER)));
    BoardProfile board = boards.get(0);
    Set<String> build = new TreeSet<>(Set.of(JDK, subject(board)));
    machineChecks.forEach(check -> build.add(check.name()));
    build.add(MemoryTags.name(board));
    if (board.sdCard()) {
      build.addAll(BoardLinux.NEEDED);
    } else {
      build.add(ShellCheck.name(board));
    }
    needs.put("build-bitstream", build);
    return needs;
  }

  private static Check jdk() {
    int feature = Runtime.version().feature();
    String found = System.getProperty("java.vendor", "") + " " + Runtime.version();
    return feature >= JAVA_FEATURE
        ? Check.good(JDK, found)
        : Check.missing(JDK, found, "install a JDK " + JAVA_FEATURE + " or later and set JAVA_HOME");
  }

  private Check compiler() {
    try {
      return Check.good(COMPILER, CppCompiler.find(machine.environment().get("CXX")).version());
    } catch (LightMambaException e) {
      return Check.missing(COMPILER, "none that answers", "install g++ 10 or later, or set CXX to the path of one");
    }
  }

  private static String subject(BoardProfile board) {
    return "Vitis for " + board.name();
  }

  /** Vitis and platform of a board, and what a build would check of them. */
  private List<Check> board(BoardProfile board, ToolOptions said, CardSearch cards) {
    List<Check> checks = new ArrayList<>();
    try {
      BuildTools tools = BuildTools.find(board, search.apply(board), said, executor);
      String found = "Vitis " + tools.version() + ", platform " + tools.platform().name();
      checks.add(
          tools.standIn()
              ? Check.missing(
                  subject(board), found + ", a stand-in that builds nothing", "set vitisHome to a real Vitis")
              : Check.good(subject(board), found));
      if (!board.sdCard()) {
        checks.add(ShellCheck.of(board, tools, cards));
      }
      checks.add(MemoryTags.check(board, tools, workspace.kernels(board.name())));
    } catch (LightMambaException e) {
      String text = e.getMessage();
      int remedy = text.indexOf(" Do: ");
      String what = text.substring(text.indexOf(": ") + 2, remedy).replaceFirst("\\.$", "");
      checks.add(Check.missing(subject(board), what, text.substring(remedy + " Do: ".length())));
    }
    checks.addAll(BoardMemoryCheck.of(board, workspace.kernels(board.name()), machine.root()));
    return checks;
  }

  private static Check cards(CardSearch search) {
    if (!search.cards().isEmpty()) {
      return Check.good("cards", search.cards().stream().map(Card::line).collect(Collectors.joining("; ")));
    }
    String fix = "only needed to run on a card here: install XRT, and look at the card with its tool";
    return Check.unchecked("cards", search.silence(), fix);
  }

  private static Check slurm(Executor executor) {
    if (ProcessRunner.find("sbatch").isEmpty()) {
      return Check.good("Slurm", "not here, and not needed: builds run on " + executor.place());
    }
    List<String> lines = output(List.of("sbatch", "--version"));
    return Check.good("Slurm", lines.isEmpty() ? "sbatch does not tell its version" : lines.get(0));
  }

  private static List<String> output(List<String> command) {
    try {
      ProcessResult result =
          new ProcessRunner().run(Invocation.of(Path.of("").toAbsolutePath(), command).withTimeout(PATIENCE));
      return result.tail().stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      return List.of(); // A tool that cannot be started tells nothing.
    }
  }
}
