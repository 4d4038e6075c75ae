package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The machine of a build, as far as checks look at it.
 *
 * @param root of the file system, in which {@code proc}, {@code sys} and {@code opt} are
 * @param environment the variables of the environment
 * @param home the user's home folder, or nothing
 * @param disks tells what is free
 */
public record Machine(Path root, Map<String, String> environment, Optional<Path> home, Disks disks) {
  /** Where the Xilinx Runtime is installed if nobody says otherwise. */
  private static final String XRT = "opt/xilinx/xrt";

  /** Copies the map. */
  public Machine {
    environment = Map.copyOf(environment);
  }

  /** What is free on disks. */
  @FunctionalInterface
  public interface Disks {
    /**
     * Looks at the disk of a folder.
     *
     * @param folder an existing one
     * @throws IOException if the system does not tell
     */
    Disk of(Path folder) throws IOException;
  }

  /**
   * A disk.
   *
   * @param store equal for folders on the same disk, and only for them
   * @param free bytes that the user may still write
   */
  public record Disk(Object store, long free) {}

  /** Returns this machine. */
  public static Machine here() {
    return new Machine(
        Path.of("/"),
        System.getenv(),
        Optional.ofNullable(System.getProperty("user.home")).filter(home -> !home.isBlank()).map(Path::of),
        folder -> {
          FileStore store = Files.getFileStore(folder);
          return new Disk(store, store.getUsableSpace());
        });
  }

  /** Returns a variable; nothing, if it is not set or blank. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** Returns where the Xilinx Runtime is that has the tools: {@code XILINX_XRT}, else the usual place. */
  Optional<Path> runtime() {
    return variable("XILINX_XRT")
        .map(Path::of)
        .filter(Machine::hasTools)
        .or(() -> Optional.of(root.resolve(XRT)).filter(Machine::hasTools));
  }

  private static boolean hasTools(Path runtime) {
    return Files.isExecutable(runtime.resolve("bin").resolve("xclbinutil"));
  }
}
