package io.github.lightmamba.standin;

import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tools. Called by the scripts that {@link StandInInstallation} writes. */
public final class StandIn {
  /** What everything that the stand-in writes says of itself. */
  static final String MARK = "LightMamba stand-in";

  private StandIn() {}

  /**
   * Runs a tool.
   *
   * @param arguments the tool's name, its version, the folder of the installation, then what the caller gave
   */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    String tool = arguments[0];
    VitisVersion version = VitisVersion.of(arguments[1]);
    List<String> words = Arrays.asList(arguments).subList(3, arguments.length);
    int code = 0;
    try {
      switch (tool) {
        case "v++" -> vpp(version, Path.of(arguments[2]), words);
        case "platforminfo" -> SmallTools.platformInfo(Command.parse(tool, version, words), repositories());
        case "emconfigutil" -> SmallTools.emulationConfig(Command.parse(tool, version, words), repositories());
        default -> throw new IllegalArgumentException(tool);
      }
    } catch (Rejection e) {
      e.lines().forEach(System.out::println);
      code = 1;
    } catch (ToolRun.Halt e) {
      code = e.code();
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private static void vpp(VitisVersion version, Path home, List<String> words)
      throws IOException, Rejection, ToolRun.Halt {
    System.out.print(banner(version, home));
    if (words.equals(List.of("--version")) || words.equals(List.of("-v"))) {
      return;
    }
    Command command = Command.parse("v++", version, words);
    Map<String, String> environment = System.getenv();
    Scenario scenario = Scenario.of(environment.get(Scenario.VARIABLE), home);
    String step = List.of("classic", "hls").contains(command.mode()) ? "compile" : command.mode();
    ToolRun run = new ToolRun(command, scenario, step);
    switch (step) {
      case "compile" -> new CompileTool(run, repositories()).run();
      case "link" -> new LinkTool(run, repositories()).run();
      default -> new PackageTool(run, repositories()).run();
    }
  }

  /** What v++ says first, and all that it says if it is asked for its version. */
  static String banner(VitisVersion version, Path home) {
    String map = version.compareTo(VitisVersion.of("2023.1")) < 0
        ? "Option Map File Used: '" + home + "/data/vitis/vpp/optMap.xml'\n"
        : "";
    return map
        + "\n****** v++ v" + version + " (64-bit)\n"
        + "  **** SW Build 0 on 2026-01-01-00:00:00\n"
        + "  **** " + MARK + ": this is no Vitis, and what it writes is no bitstream\n\n";
  }

  private static String repositories() {
    return System.getenv("PLATFORM_REPO_PATHS");
  }

  /** Software emulation is gone since 2025.1. */
  static void target(Command command) throws Rejection {
    String target = command.required("--target");
    boolean software = target.equals("sw_emu") && command.version().compareTo(VitisVersion.of("2025.1")) < 0;
    if (!List.of("hw", "hw_emu").contains(target) && !software) {
      throw new Rejection("ERROR: [v++ 60-1241] Invalid value '" + target + "' for option target");
    }
  }
}
