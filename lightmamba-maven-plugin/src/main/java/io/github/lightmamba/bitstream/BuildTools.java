package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.VitisSupport;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
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
 * @param options what the user said of them
 * @param repositories where platforms are
 * @param environment what the tools need in their environment
 */
public record BuildTools(
    Optional<VitisInstallation> vitis,
    VitisCommands commands,
    Platform platform,
    ToolOptions options,
    List<Path> repositories,
    Map<String, String> environment) {
  private static final int DEPTH = 4;

  /**
   * Finds Vitis and platform.
   *
   * @param board the board, whose profile says which versions serve it
   * @param search where to look for Vitis
   * @param options what the user says of Vitis and platform
   * @param executor whose Xilinx Runtime the tools are told
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING}, {@link ErrorCode#VITIS_UNSUITABLE} with the reason of
   *     the board's profile, {@link ErrorCode#PLATFORM_MISSING}, {@link ErrorCode#FILE_NOT_READABLE} for a file that
   *     holds no commands
   */
  public static BuildTools find(BoardProfile board, VitisSearch search, ToolOptions options, Executor executor) {
    VitisSupport support = board.vitis();
    VitisInstallation vitis =
        search.find(
            support.firstRelease(), support.safeRelease(), support.lastRelease(),
            "the " + board.title() + " (" + support.reason() + ")");
    PlatformSearch places = PlatformSearch.of(options.repositories(), search.environment(), Optional.of(vitis.home()));
    Platform found = places.find(options.platform().orElseGet(() -> support.platformFor(vitis.version())));
    Map<String, String> environment = new LinkedHashMap<>(vitis.environment(System.getenv()));
    environment.put(
        "PLATFORM_REPO_PATHS",
        places.repositories().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    // A link ends with XRT's xclbinutil; who has sourced no setup.sh has it in the usual place.
    executor.runtime().ifPresent(home -> environment.put("XILINX_XRT", home.toString()));
    return new BuildTools(
        Optional.of(vitis),
        commands(vitis.version(), options),
        found,
        options,
        places.repositories(),
        Map.copyOf(environment));
  }

  /** Returns what is needed to say the commands without any tool: those of the release that is known best. */
  public static BuildTools planned(BoardProfile board, ToolOptions options) {
    VitisVersion release = board.vitis().safeRelease();
    String name = options.platform().orElseGet(() -> board.vitis().platformFor(release));
    return new BuildTools(
        Optional.empty(),
        commands(release, options),
        new Platform(name, Path.of(name)),
        options,
        List.of(),
        Map.of());
  }

  private static VitisCommands commands(VitisVersion version, ToolOptions options) {
    return options.commands().map(file -> VitisCommands.of(version, file)).orElseGet(() -> VitisCommands.of(version));
  }

  /** Starts the key of a step: what every step is made with. */
  Inputs.Builder inputs(FileDigests digests) {
    Inputs.Builder inputs =
        Inputs.builder()
            .value("Vitis", version())
            .value("platform", platform.name())
            .digest("platform content", platformDigest(digests));
    options.commands().ifPresent(file -> inputs.file("vitisCommands", file, digests));
    return inputs;
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

  /** Returns whether the user named the platform; else it is that of the board's profile. */
  public boolean platformNamed() {
    return options.platform().isPresent();
  }

  /**
   * Returns whether the platform is configured at run time: as the user says, else by its name, which is where the
   * vendor says so.
   */
  public boolean dfx() {
    return options.dfx().orElse(platform.name().contains("_dfx_"));
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
