package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.VitisSupport;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.vitis.Platform;
import io.github.lightmamba.vitis.PlatformSearch;
import io.github.lightmamba.vitis.VitisCommands;
import io.github.lightmamba.vitis.VitisInstallation;
import io.github.lightmamba.vitis.VitisSearch;
import io.github.lightmamba.vitis.VitisVersion;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Vitis and the platform that serve a board.
 *
 * @param vitis the installation; nothing if only the commands are wanted
 * @param commands of its version
 * @param platform what is built for
 * @param platformNamed whether the user named it; else it is that of the board's profile
 * @param repositories where platforms are
 * @param environment what the tools need in their environment
 */
public record BuildTools(
    Optional<VitisInstallation> vitis,
    VitisCommands commands,
    Platform platform,
    boolean platformNamed,
    List<Path> repositories,
    Map<String, String> environment) {
  private static final int DEPTH = 4;

  /**
   * Finds Vitis and platform.
   *
   * @param board the board, whose profile says which versions serve it
   * @param search where to look for Vitis
   * @param platform name or path of the platform; nothing: the profile's
   * @param repositories folders of platforms; may be empty
   * @param machine whose Xilinx Runtime the tools are told
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING}, {@link ErrorCode#VITIS_UNSUITABLE} with the reason of
   *     the board's profile, {@link ErrorCode#PLATFORM_MISSING}
   */
  public static BuildTools find(
      BoardProfile board,
      VitisSearch search,
      Optional<String> platform,
      List<Path> repositories,
      Machine machine) {
    VitisSupport support = board.vitis();
    VitisInstallation vitis =
        search.find(
            support.firstRelease(), support.safeRelease(), support.lastRelease(),
            "the " + board.title() + " (" + support.reason() + ")");
    PlatformSearch places = PlatformSearch.of(repositories, search.environment(), Optional.of(vitis.home()));
    Platform found = places.find(platform.orElseGet(() -> support.platformFor(vitis.version())));
    Map<String, String> environment = new LinkedHashMap<>(vitis.environment(System.getenv()));
    environment.put(
        "PLATFORM_REPO_PATHS",
        places.repositories().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    // A link ends with XRT's xclbinutil; who has sourced no setup.sh has it in the usual place.
    machine.runtime().ifPresent(home -> environment.put("XILINX_XRT", home.toString()));
    return new BuildTools(
        Optional.of(vitis),
        VitisCommands.of(vitis.version()),
        found,
        platform.isPresent(),
        places.repositories(),
        Map.copyOf(environment));
  }

  /** Returns what is needed to say the commands without any tool: those of the release that is known best. */
  public static BuildTools planned(BoardProfile board, Optional<String> platform) {
    VitisVersion release = board.vitis().safeRelease();
    String name = platform.orElseGet(() -> board.vitis().platformFor(release));
    return new BuildTools(
        Optional.empty(),
        VitisCommands.of(release),
        new Platform(name, Path.of(name)),
        platform.isPresent(),
        List.of(),
        Map.of());
  }

  /** Returns the release and build, as the key of a result has it; no key of the tests' stand-in is one of Vitis. */
  public String version() {
    return vitis
        .map(found -> found.version() + " build " + found.banner().build() + (standIn() ? ", a stand-in" : ""))
        .orElseGet(() -> commands.version().toString());
  }

  /** Returns whether the tests' stand-in answered in the place of Vitis. */
  public boolean standIn() {
    return vitis.map(found -> found.banner().standIn()).orElse(false);
  }

  /** Returns whether the platform is configured at run time; the vendor says so in the names of platforms only. */
  public boolean dfx() {
    return platform.name().contains("_dfx_");
  }

  /** Returns a command whose tool is absolute. */
  List<String> command(List<String> words) {
    return vitis.map(found -> found.command(words)).orElse(words);
  }

  /** Returns the digest of the platform: its descriptions and hardware, wherever it lies. */
  String platformDigest(FileDigests digests) {
    Path folder = platform.file().toAbsolutePath().getParent();
    Sha256 sha = new Sha256();
    try (Stream<Path> files =
        Files.find(folder, DEPTH, (path, attributes) -> attributes.isRegularFile() && describes(path))) {
      for (Path file : files.sorted().toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        sha.addNamed(name, digests.sha256(file).getBytes(StandardCharsets.US_ASCII));
      }
      return sha.hex();
    } catch (IOException | UncheckedIOException e) {
      throw new LightMambaException(
          ErrorCode.PLATFORM_MISSING,
          "The platform in " + folder + " cannot be read (" + e + ").",
          "check the permissions of the folder.",
          e);
    }
  }

  private boolean describes(Path path) {
    String name = path.getFileName().toString();
    return path.equals(platform.file()) || name.endsWith(".spfm") || name.endsWith(".xsa");
  }
}
