package io.github.lightmamba.doctor;

import io.github.lightmamba.bitstream.BuildTools;
import io.github.lightmamba.bitstream.Check;
import io.github.lightmamba.bitstream.MachineChecks;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.verify.CppCompiler;
import io.github.lightmamba.vitis.VitisSearch;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.regex.Pattern;

/**
 * Looks at the machine.
 *
 * @param boards all boards; the first is the one that goals are asked for
 * @param search where to look for the Vitis of a board
 * @param repositories folders of platforms that the user named
 * @param platform of the first board, if the user named one
 * @param environment the environment
 * @param folder where builds would write
 */
public record Doctor(
    List<BoardProfile> boards,
    Function<BoardProfile, VitisSearch> search,
    List<Path> repositories,
    Optional<String> platform,
    Map<String, String> environment,
    Path folder) {
  private static final int JAVA_FEATURE = 17;
  private static final String JDK = "JDK";
  private static final String COMPILER = "C++ compiler";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern CARD = Pattern.compile("\\[?[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-9a-f]\\]?.*");

  /** Looks around. */
  public Diagnosis examine() {
    List<Check> checks = new ArrayList<>();
    checks.add(jdk());
    checks.add(compiler());
    for (int i = 0; i < boards.size(); i++) {
      checks.add(vitis(boards.get(i), i == 0 ? platform : Optional.empty()));
    }
    checks.add(MachineChecks.licence(environment, System.getProperty("user.home")));
    checks.add(MachineChecks.memory());
    checks.add(MachineChecks.disk(folder));
    checks.add(MachineChecks.runtime(environment));
    checks.add(cards());
    checks.add(slurm());
    return new Diagnosis(checks, needs());
  }

  private Map<String, Set<String>> needs() {
    Map<String, Set<String>> needs = new LinkedHashMap<>();
    needs.put("quantize", Set.of(JDK));
    needs.put("generate-kernels", Set.of(JDK));
    needs.put("evaluate", Set.of(JDK));
    needs.put("verify", new TreeSet<>(Set.of(JDK, COMPILER)));
    needs.put(
        "build-bitstream",
        new TreeSet<>(Set.of(JDK, subject(boards.get(0)), "licence", "memory", "disk", "XRT")));
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
      return Check.good(COMPILER, CppCompiler.find(environment.get("CXX")).version());
    } catch (LightMambaException e) {
      return Check.missing(COMPILER, "none that answers", "install g++ 10 or later, or set CXX to the path of one");
    }
  }

  private static String subject(BoardProfile board) {
    return "Vitis for " + board.name();
  }

  private Check vitis(BoardProfile board, Optional<String> named) {
    try {
      BuildTools tools = BuildTools.find(board, search.apply(board), named, repositories);
      String found = "Vitis " + tools.version() + ", platform " + tools.platform().name();
      return tools.standIn()
          ? Check.missing(subject(board), found + ", a stand-in that builds nothing", "set vitisHome to a real Vitis")
          : Check.good(subject(board), found);
    } catch (LightMambaException e) {
      String text = e.getMessage();
      int remedy = text.indexOf(" Do: ");
      String what = text.substring(text.indexOf(": ") + 2, remedy).replaceFirst("\\.$", "");
      return Check.missing(subject(board), what, text.substring(remedy + " Do: ".length()));
    }
  }

  /** The tools of Debian's package end with exit code 0 and print nothing, so what is printed counts. */
  private Check cards() {
    String fix = "only needed to run on a card here: install XRT, and look at the card with its tool";
    for (String name : List.of("xrt-smi", "xbutil")) {
      Path own = Path.of(environment.getOrDefault("XILINX_XRT", "/opt/xilinx/xrt"), "bin", name);
      Optional<Path> tool = Files.isExecutable(own) ? Optional.of(own) : ProcessRunner.find(name);
      if (tool.isPresent()) {
        List<String> lines = output(List.of(tool.get().toString(), "examine"));
        List<String> found = lines.stream().map(String::strip).filter(line -> CARD.matcher(line).matches()).toList();
        if (!found.isEmpty()) {
          return Check.good("cards", String.join("; ", found));
        }
        String why = lines.isEmpty() ? tool.get() + " prints nothing" : tool.get() + " names no card";
        return Check.doubtful("cards", why, fix);
      }
    }
    return Check.doubtful("cards", "neither xrt-smi nor xbutil is here", fix);
  }

  private static Check slurm() {
    if (ProcessRunner.find("sbatch").isEmpty()) {
      return Check.good("Slurm", "not here, and not needed: builds run on this machine");
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
