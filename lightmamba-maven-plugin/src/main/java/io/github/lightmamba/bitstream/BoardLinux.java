package io.github.lightmamba.bitstream;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The Linux of a board that starts from an SD card.
 *
 * @param sysroot for programs that run on it, or nothing
 * @param rootfs its root file system, or nothing
 * @param kernelImage its kernel, or nothing
 */
public record BoardLinux(Optional<Path> sysroot, Optional<Path> rootfs, Optional<Path> kernelImage) {
  /** The checks that packaging needs, by name. */
  public static final List<String> NEEDED = List.of("rootfs", "kernelImage");

  private static final String IMAGE = "of the vendor's common image for the board";

  /**
   * Returns what is named; where nothing is, what the vendor's common image has in the folder {@code EDGE_COMMON_SW}.
   *
   * @param sysroot the parameter, or nothing
   * @param rootfs the parameter, or nothing
   * @param kernelImage the parameter, or nothing
   * @param machine whose environment is looked at
   */
  public static BoardLinux of(
      Optional<Path> sysroot, Optional<Path> rootfs, Optional<Path> kernelImage, Machine machine) {
    Optional<Path> common = machine.variable("EDGE_COMMON_SW").map(Path::of);
    return new BoardLinux(
        sysroot.or(() -> in(common, "sysroots/cortexa72-cortexa53-xilinx-linux")),
        rootfs.or(() -> in(common, "rootfs.ext4")),
        kernelImage.or(() -> in(common, "Image")));
  }

  private static Optional<Path> in(Optional<Path> common, String usual) {
    return common.map(folder -> folder.resolve(usual)).filter(Files::exists);
  }

  /** Returns a check for each; the sysroot is not needed for a bitstream, but a wrong one is missing. */
  public List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(file(NEEDED.get(0), rootfs, "rootfs.ext4"));
    checks.add(file(NEEDED.get(1), kernelImage, "Image"));
    String fix = "set sysroot to the sysroot " + IMAGE;
    if (sysroot.isEmpty()) {
      checks.add(Check.unchecked("sysroot", "not set; only programs for the board need it", fix));
    } else {
      checks.add(
          Files.isDirectory(sysroot.get())
              ? Check.good("sysroot", sysroot.get().toString())
              : Check.missing("sysroot", sysroot.get() + " is no folder", fix));
    }
    return checks;
  }

  private static Check file(String name, Optional<Path> file, String usual) {
    String fix = "set " + name + " to " + usual + " " + IMAGE + ", or EDGE_COMMON_SW to the image's folder";
    if (file.isEmpty()) {
      return Check.missing(name, "not set", fix);
    }
    return Files.isRegularFile(file.get())
        ? Check.good(name, file.get().toString())
        : Check.missing(name, file.get() + " is no file", fix);
  }
}
