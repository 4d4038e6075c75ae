package io.github.lightmamba.standin;

import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * An installation of the stand-in, laid out as that of its version: {@code <root>/Vitis/2024.1} up to 2024.x,
 * {@code <root>/2025.1/Vitis} from 2025.1 on; platforms in {@code <root>/platforms}.
 *
 * @param root where everything is
 * @param home the folder that holds {@code bin/v++}
 * @param platforms a repository of platforms
 */
public record StandInInstallation(Path root, Path home, Path platforms) {
  /** A Xilinx Runtime that has nothing but an xclbinutil to be found; the tests' {@code XILINX_XRT}, too. */
  public static final Path XRT = Path.of("src/test/standin/xrt").toAbsolutePath();

  /**
   * Makes an installation; several versions may share a root.
   *
   * @param root an existing folder
   * @param version which Vitis it stands in for
   */
  public static StandInInstallation create(Path root, VitisVersion version) throws IOException {
    boolean newLayout = version.compareTo(VitisVersion.of("2025.1")) >= 0;
    Path home = newLayout ? root.resolve(version + "/Vitis") : root.resolve("Vitis/" + version);
    Path bin = Files.createDirectories(home.resolve("bin"));
    // Every build asks for the version and for its platform; for that no Java is started.
    Path answers = Files.createDirectories(home.resolve("answers"));
    Files.writeString(answers.resolve("--version"), StandIn.banner(version, home));
    for (PlatformModel model : PlatformModel.known()) {
      if (version.between(model.first(), model.last())) {
        Files.writeString(answers.resolve(model.name() + ".xpfm"), SmallTools.description(model));
      }
    }
    String said = Invocation.quote(answers.toString());
    Map<String, String> asked =
        Map.of(
            "v++", "[ \"$*\" != --version ] || exec cat " + said + "/--version\n",
            "platforminfo",
                "answer=" + said + "/${2##*/}\n"
                    + "[ $# = 2 ] && [ \"$1\" = -p ] && [ -f \"$2\" ] && [ -f \"$answer\" ] && exec cat \"$answer\"\n");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    for (String tool : List.of("v++", "platforminfo", "emconfigutil")) {
      // The class path goes by the environment: it is longer than some systems allow a line to be.
      String script =
          """
          #!/bin/sh
          %sCLASSPATH=%s
          export CLASSPATH
          exec %s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m %s %s %s %s "$@"
          """
              .formatted(
                  asked.getOrDefault(tool, ""),
                  Invocation.quote(System.getProperty("java.class.path")),
                  Invocation.quote(java),
                  StandIn.class.getName(),
                  tool,
                  version,
                  Invocation.quote(home.toString()));
      Path file = Files.writeString(bin.resolve(tool), script);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(
        home.resolve("settings64.sh"),
        "export XILINX_VITIS=" + Invocation.quote(home.toString()) + "\nexport PATH=\"$XILINX_VITIS/bin:$PATH\"\n");
    Path platforms = root.resolve("platforms");
    for (PlatformModel model : PlatformModel.known()) {
      Path folder = Files.createDirectories(platforms.resolve(model.name()));
      Files.writeString(folder.resolve(model.name() + ".xpfm"), "<platform madeBy=\"" + StandIn.MARK + "\"/>\n");
    }
    return new StandInInstallation(root, home, platforms);
  }

  /**
   * Chooses what happens in this installation from now on, unless the environment says otherwise.
   *
   * @param scenario lines as {@link Scenario} explains them; empty for success
   */
  public void play(String scenario) throws IOException {
    Files.writeString(home.resolve("scenario"), scenario);
  }
}
