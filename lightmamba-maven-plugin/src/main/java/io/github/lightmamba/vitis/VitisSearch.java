package io.github.lightmamba.vitis;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for installations of Vitis. What is found is only a candidate until {@link VitisInstallation#probe} asked it.
 *
 * @param home what the user named, or nothing; then nothing else is looked at
 * @param environment {@code XILINX_VITIS} is used, and the {@code PATH} of this process
 * @param roots where installers put releases; {@link #ROOTS} by default
 */
public record VitisSearch(Optional<Path> home, Map<String, String> environment, List<Path> roots) {
  /** Where installers put releases if nobody says otherwise. */
  public static final List<Path> ROOTS =
      List.of(
          Path.of("/tools/Xilinx"),
          Path.of("/opt/Xilinx"),
          Path.of("/opt/xilinx"),
          Path.of("/tools/AMD"),
          Path.of("/opt/AMD"));

  /**
   * Returns the folders that hold a {@code bin/v++}, best first: what the user named; {@code XILINX_VITIS}; the
   * {@code PATH}; the roots, newest first. A root is laid out {@code <root>/Vitis/2024.1} up to 2024.x and
   * {@code <root>/2025.1/Vitis} from 2025.1 on; a user may name a root, a release or Vitis itself.
   */
  public List<Path> candidates() {
    Set<Path> found = named();
    if (home.isPresent()) {
      releases(home.get(), found);
    } else {
      roots.forEach(root -> releases(root, found));
    }
    return List.copyOf(found);
  }

  /** Returns those that somebody chose: one folder, not the newest of several. */
  private Set<Path> named() {
    Set<Path> found = new LinkedHashSet<>();
    if (home.isPresent()) {
      add(home.get(), found);
      add(home.get().resolve("Vitis"), found);
      return found;
    }
    String variable = environment.getOrDefault("XILINX_VITIS", "");
    if (!variable.isBlank()) {
      add(Path.of(variable.strip()), found);
    }
    ProcessRunner.find("v++").map(program -> program.getParent().getParent()).ifPresent(at -> add(at, found));
    return found;
  }

  /**
   * Returns the best installation of a range of versions: the first one, but of those that nobody named the first one
   * that is not newer than the safe version, if there is one.
   *
   * @param first the first version that serves
   * @param safe the last version that is known to serve
   * @param last the last version that may serve
   * @param purpose what it is for, for example {@code the U280}
   * @throws LightMambaException {@link ErrorCode#VITIS_MISSING} if there is no installation,
   *     {@link ErrorCode#VITIS_UNSUITABLE} if all are of other versions
   */
  public VitisInstallation find(VitisVersion first, VitisVersion safe, VitisVersion last, String purpose) {
    Set<Path> chosen = named();
    VitisInstallation newer = null;
    List<String> seen = new ArrayList<>();
    for (Path candidate : candidates()) {
      VitisInstallation installation;
      try {
        installation = VitisInstallation.probe(candidate);
      } catch (LightMambaException e) {
        if (home.isPresent()) {
          throw e;
        }
        seen.add(candidate + " (does not answer)");
        continue;
      }
      if (installation.version().between(first, last)) {
        if (chosen.contains(candidate) || installation.version().between(first, safe)) {
          return installation;
        }
        newer = newer == null ? installation : newer;
      }
      seen.add(candidate + " (" + installation.version() + ")");
    }
    if (newer != null) {
      return newer;
    }
    if (seen.isEmpty()) {
      throw new LightMambaException(
          ErrorCode.VITIS_MISSING,
          "There is no Vitis: no bin/v++ "
              + home.map(named -> "in " + named + ", in its folder Vitis or in a release below it")
                  .orElseGet(() -> "on the PATH, in XILINX_VITIS or below " + shown(roots))
              + ".",
          "install Vitis, or set vitisHome to the folder that holds bin/v++.");
    }
    throw new LightMambaException(
        ErrorCode.VITIS_UNSUITABLE,
        "No Vitis serves " + purpose + ", which needs a version from " + first + " to " + last + "; found: "
            + String.join(", ", seen) + ".",
        "install one of these versions beside the others, or set vitisHome to it.");
  }

  private static void releases(Path root, Set<Path> found) {
    List<Path> releases = new ArrayList<>();
    for (Path folder : List.of(root.resolve("Vitis"), root)) {
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, "20*")) {
          children.forEach(releases::add);
        } catch (IOException e) {
          continue; // A root that may not be looked into is none.
        }
      }
    }
    releases.removeIf(release -> VitisVersion.parse(release.getFileName().toString()).isEmpty());
    releases.sort(
        Collections.reverseOrder(
            (a, b) ->
                VitisVersion.of(a.getFileName().toString()).compareTo(VitisVersion.of(b.getFileName().toString()))));
    for (Path release : releases) {
      add(release, found);
      add(release.resolve("Vitis"), found);
    }
  }

  private static void add(Path folder, Set<Path> found) {
    if (Files.isExecutable(folder.resolve("bin").resolve("v++"))) {
      found.add(folder.toAbsolutePath().normalize());
    }
  }

  private static String shown(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }
}
